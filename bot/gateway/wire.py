"""The only door out: choose, render, check. What does not pass is replaced by an approved safe phrase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import conversations, own_data
from bot.desk.conversations import Spoken
from bot.desk.models import Conversation
from bot.gateway.engine_client import Bubble, BubbleButton
from bot.gateway.words import Checked, Own, Words, own_of
from bot.logs import mask_variables
from phrasebook.choose import choose, select
from phrasebook.errors import BadVariable, PhrasebookError
from phrasebook.render import render

log = structlog.get_logger(__name__)

SAFE = "safe.generic"


@dataclass
class _Talk:
    """What the wire must know of a conversation while it speaks one turn."""

    session: AsyncSession
    conversation: Conversation
    now: datetime
    previous: str
    used: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    own: Own | None = None

    async def load_own(self) -> Own:
        """Return what is no secret here; it is read only when something was found that could be one."""
        if self.own is None:
            self.own = own_of(await own_data.texts(self.session, self.conversation))
        return self.own


@dataclass(frozen=True)
class _Draft:
    """A rendered and checked sentence."""

    text: str
    phrase: str
    version: int
    variant: int
    why: str
    checked: Checked


class WireBlocked(Exception):
    """Even the safe phrase may not leave: the phrasebook itself is at fault."""


class Wire:
    """Turn phrase ids into sentences that may leave.

    Args:
        words: the approved phrases and the filter in force.
    """

    def __init__(self, words: Words) -> None:
        """Keep the words."""
        self._words = words

    async def compose(
        self,
        session: AsyncSession,
        conversation: Conversation,
        bubbles: Sequence[Bubble],
        *,
        now: datetime,
        previous: str,
    ) -> list[Spoken]:
        """Return finished bubbles, each chosen with what was said before in mind.

        Args:
            previous: the bubble that stands last in the conversation, if the bot spoke last.

        Raises:
            WireBlocked: nothing sayable is left, not even the safe phrase.
        """
        talk = _Talk(session, conversation, now, previous)
        spoken = []
        for bubble in bubbles:
            spoken.append(await self._speak(talk, bubble))
            talk.previous = spoken[-1].text
        return spoken

    async def _speak(self, talk: _Talk, bubble: Bubble) -> Spoken:
        buttons = await self._buttons(talk, bubble.buttons)
        titles = [button["title"] for button in buttons]
        replaced: dict[str, Any] | None = None
        try:
            draft = await self._checked_draft(talk, bubble.phrase, bubble.variables, titles)
        except PhrasebookError as error:
            replaced = {"phrase": bubble.phrase, "cause": type(error).__name__}
            log.error("wire.unsayable", phrase=bubble.phrase, cause=type(error).__name__, why=str(error))
        else:
            if draft.checked.blocked:
                replaced = {"phrase": bubble.phrase, "cause": "blocked", "hits": draft.checked.hits}
                kinds = sorted({str(hit["kind"]) for hit in draft.checked.hits})
                log.error("wire.blocked", phrase=bubble.phrase, kinds=kinds, variables=mask_variables(bubble.variables))
        if replaced is not None:
            draft = await self._safe(talk, bubble.phrase)
        talk.used.setdefault((draft.phrase, draft.version), []).append(draft.variant)
        verdict = {"verdict": draft.checked.verdict, "hits": draft.checked.hits, "why": draft.why}
        return Spoken(
            text=draft.text,
            phrase=draft.phrase,
            version=draft.version,
            variant=draft.variant,
            variables=bubble.variables,
            verdict=verdict if replaced is None else verdict | {"replaced": replaced},
            buttons=buttons,
            custom=await self._custom(talk, bubble),
        )

    async def _checked_draft(
        self, talk: _Talk, phrase_id: str, variables: Mapping[str, Any], titles: Sequence[str]
    ) -> _Draft:
        """Draft without a look at the customer's own data, and with it only when something was found."""
        if talk.own is None:
            try:
                draft = await self._draft(talk, phrase_id, variables, titles, own=Own())
            except BadVariable:
                pass
            else:
                if draft.checked.verdict == "pass":
                    return draft
        return await self._draft(talk, phrase_id, variables, titles, own=await talk.load_own())

    async def _draft(
        self, talk: _Talk, phrase_id: str, variables: Mapping[str, Any], titles: Sequence[str], *, own: Own
    ) -> _Draft:
        channel = talk.conversation.channel
        phrase = select(self._words.book, phrase_id, channel=channel, now=talk.now).phrase
        key = (phrase.id, phrase.version)
        if key not in talk.used:
            talk.used[key] = await conversations.used_variants(talk.session, talk.conversation.id, *key)
        # Conversations begin with different variants; each then goes through all of them.
        start = int(talk.conversation.id[:8], 16)
        choice = choose(phrase, talk.used[key], channel=channel, now=talk.now, start=start)
        guard = self._words.guard(own)
        text = render(phrase, variables, variant=choice.variant_index, now=talk.now, channel=channel, guard=guard)
        checked = self._words.check(text, own=own, previous=talk.previous, buttons=titles)
        return _Draft(checked.text, phrase.id, phrase.version, choice.variant_index, choice.why, checked)

    async def _safe(self, talk: _Talk, blocked: str) -> _Draft:
        scene = blocked.partition(".")[0]
        wanted = self._words.book.safe_for(scene)
        # Joined on to the sentence before it even a safe phrase may be blocked: then it stands alone.
        for phrase_id, previous in ((wanted, talk.previous), (wanted, ""), (SAFE, "")):
            talk.previous = previous
            try:
                draft = await self._checked_draft(talk, phrase_id, {}, ())
            except PhrasebookError as error:
                log.error("wire.safe_unsayable", phrase=phrase_id, why=str(error))
                continue
            if not draft.checked.blocked:
                return draft
        raise WireBlocked(f"safe phrase {wanted} and {SAFE} may not leave: run `liyan phrases check`")

    async def _buttons(self, talk: _Talk, buttons: Sequence[BubbleButton]) -> list[dict[str, Any]]:
        finished = []
        for button in buttons:
            title = await self._title(talk, button)
            if title is not None:
                finished.append({"title": title, "payload": button.payload, "phrase": button.title_phrase})
        return finished

    async def _title(self, talk: _Talk, button: BubbleButton) -> str | None:
        channel = talk.conversation.channel
        try:
            phrase = select(self._words.book, button.title_phrase, channel=channel, now=talk.now).phrase
            # A title does not vary: the customer looks for the button where it was.
            variant = choose(phrase, (), channel=channel, now=talk.now).variant_index
            guard = self._words.guard(await talk.load_own() if button.variables else Own())
            title = render(phrase, button.variables, variant=variant, now=talk.now, channel=channel, guard=guard)
        except PhrasebookError as error:
            log.error("wire.button_dropped", phrase=button.title_phrase, why=str(error))
            return None
        if await self._blocked(talk, title):
            log.error("wire.button_dropped", phrase=button.title_phrase, why="blocked")
            return None
        return title

    async def _custom(self, talk: _Talk, bubble: Bubble) -> dict[str, Any] | None:
        """Return what is drawn beside the text, left out when any word in it may not leave."""
        custom = dict(bubble.custom or {})
        words = "\n".join(_shown(custom))
        if words and await self._blocked(talk, words):
            log.error("wire.custom_dropped", phrase=bubble.phrase, custom=str(custom.get("kind")))
            custom = {}
        if bubble.ticket is not None:
            custom["ticket"] = bubble.ticket
        return custom or None

    async def _blocked(self, talk: _Talk, text: str) -> bool:
        if not self._words.check(text, own=talk.own or Own()).blocked:
            return False
        if talk.own is not None:
            return True
        return self._words.check(text, own=await talk.load_own()).blocked


_HIDDEN_KEYS = frozenset({"payload", "payloads", "kind", "start", "end", "sku", "skus", "id"})


def _shown(value: object) -> list[str]:
    """Collect the words that a card shows; payloads, moments and codes are not read by anyone."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [word for key, inner in value.items() if key not in _HIDDEN_KEYS for word in _shown(inner)]
    if isinstance(value, list):
        return [word for inner in value for word in _shown(inner)]
    return []
