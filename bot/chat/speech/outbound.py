"""The only door out: choose, render, check. What does not pass is replaced by an approved safe phrase."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from bot.chat.speech.card_words import words_shown
from bot.chat.speech.personal_data import personal_data_in
from bot.chat.speech.phrases_in_force import CheckedText, PhrasesInForce
from bot.chat.turns.engine_client import Bubble, BubbleButton
from bot.desk.conversations import messages, own_data
from bot.desk.conversations.messages import RenderedBubble
from bot.desk.models import Conversation
from bot.desk.phrases import incidents
from bot.desk.phrases.incidents import HeldBack
from bot.desk.sessions import WriteSession
from bot.logs import mask_variables
from phrasebook.book import care
from phrasebook.book.book import Phrase
from phrasebook.book.choose import Choice, Selection, choose, select
from phrasebook.book.embedded import Embedder
from phrasebook.book.render import render
from phrasebook.errors import BadVariableError, NotApprovedError, PhrasebookError
from phrasebook.filter.personal_data import PersonalData

log = structlog.get_logger(__name__)

SAFE = "safe.generic"


@dataclass
class _Context:
    """What must be known of a conversation while one answer is made."""

    session: WriteSession
    conversation: Conversation
    now: datetime
    previous: str
    used: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    texts: list[str] | None = None
    care: str | None = None
    cared: bool = False
    held: list[HeldBack] = field(default_factory=list)

    async def own(self, variables: Mapping[str, Any] | None = None) -> PersonalData:
        """Return what is no secret here; it is read only when something was found that could be one."""
        if self.texts is None:
            self.texts = await own_data.known_texts(self.session, self.conversation)
        return personal_data_in(self.texts, (variables or {}).values())

    async def care_group(self) -> str | None:
        """Return the care group that the customer told to be of; read once, when a phrase has words for one."""
        if not self.cared:
            texts = await own_data.customer_texts(self.session, self.conversation.id)
            self.care = care.shipped_care_groups().group_told(texts)
            self.cared = True
        return self.care


@dataclass(frozen=True)
class _Draft:
    """A rendered and checked sentence."""

    text: str
    phrase: str
    version: int
    variant: int
    why: str
    checked: CheckedText
    inside: Mapping[str, int]
    """Version of each approved phrase whose words stand among the values."""


class NothingSayableError(Exception):
    """Even the safe phrase may not leave: the phrasebook itself is at fault."""


class Outbound:
    """Turn phrase ids into sentences that may leave.

    Args:
        phrases: the approved phrases and the filter in force.
    """

    def __init__(self, phrases: PhrasesInForce) -> None:
        self._phrases = phrases

    async def compose(
        self,
        session: WriteSession,
        conversation: Conversation,
        bubbles: Sequence[Bubble],
        *,
        now: datetime,
        previous: str,
    ) -> list[RenderedBubble]:
        """Return finished bubbles, each chosen with what was said before in mind.

        Args:
            previous: the bubble that stands last in the conversation, if the bot spoke last.

        Raises:
            NothingSayableError: nothing sayable is left, not even the safe phrase.
        """
        context = _Context(session, conversation, now, previous)
        spoken = []
        for bubble in bubbles:
            spoken.append(await self._speak(context, bubble))
            context.previous = spoken[-1].text
        incidents.record(session, conversation.id, context.held, now=now)
        return spoken

    async def _speak(self, context: _Context, bubble: Bubble) -> RenderedBubble:
        buttons = await self._buttons(context, bubble.buttons)
        titles = [button["title"] for button in buttons]
        replaced: dict[str, Any] | None = None
        try:
            draft = await self._draft(context, bubble.phrase, bubble.variables, titles)
        except PhrasebookError as error:
            replaced = {"phrase": bubble.phrase, "cause": type(error).__name__}
            log.error("outbound.unsayable", phrase=bubble.phrase, cause=type(error).__name__, why=str(error))
        else:
            if draft.checked.blocked:
                replaced = {"phrase": bubble.phrase, "cause": "blocked", "hits": draft.checked.hits}
                kinds = sorted({str(hit["kind"]) for hit in draft.checked.hits})
                log.error(
                    "outbound.blocked", phrase=bubble.phrase, kinds=kinds, variables=mask_variables(bubble.variables)
                )
        if replaced is not None:
            cause, hits = replaced["cause"], tuple(replaced.get("hits", ()))
            held = (draft.phrase, draft.version) if cause == "blocked" else (bubble.phrase, None)
            draft = await self._safe(context, bubble.phrase)
            context.held.append(HeldBack(held[0], cause, version=held[1], hits=hits, said=draft.phrase))
        context.used.setdefault((draft.phrase, draft.version), []).append(draft.variant)
        verdict: dict[str, Any] = {"verdict": draft.checked.verdict, "hits": draft.checked.hits, "why": draft.why}
        if draft.inside:
            verdict["inside"] = dict(draft.inside)
        return RenderedBubble(
            text=draft.text,
            phrase=draft.phrase,
            version=draft.version,
            variant=draft.variant,
            variables=bubble.variables,
            verdict=verdict if replaced is None else verdict | {"replaced": replaced},
            buttons=buttons,
            custom=await self._custom(context, bubble),
        )

    async def _draft(
        self, context: _Context, phrase_id: str, variables: Mapping[str, Any], titles: Sequence[str]
    ) -> _Draft:
        """Return the first variant that may leave, the one said longest ago before the others.

        A variant that is blocked gives way to the next: better another wording of the same than the safe phrase.
        The blocked one comes back when none is left.

        Raises:
            PhrasebookError: the phrase is unknown or not approved, or every variant lacks a variable.
        """
        selected = await self._select(context, phrase_id)
        phrase = selected.phrase
        used = [*await self._used(context, phrase)]
        blocked: _Draft | None = None
        fault: BadVariableError | None = None
        for _ in phrase.variants:
            choice = self._choose(context, phrase, used)
            try:
                draft = await self._try(context, phrase, choice, variables, titles)
            except BadVariableError as error:
                fault = error
            else:
                if not draft.checked.blocked:
                    return draft if phrase.id == phrase_id else replace(draft, why=f"{selected.why}; {draft.why}")
                blocked = draft
                log.error("outbound.variant_blocked", phrase=phrase.id, variant=choice.variant_index)
            used.append(choice.variant_index)
        if blocked is not None:
            return blocked
        raise fault or NotApprovedError(phrase.id, "it has no variant")

    async def _select(self, context: _Context, phrase_id: str) -> Selection:
        """Take the phrase asked for, or the one that stands in for it in the customer's care group."""
        book = self._phrases.book
        group = await context.care_group() if book.alternatives(phrase_id) else None
        return select(book, phrase_id, channel=context.conversation.channel, care=group, now=context.now)

    async def _used(self, context: _Context, phrase: Phrase) -> list[int]:
        key = (phrase.id, phrase.version)
        if key not in context.used:
            context.used[key] = await messages.used_variants(context.session, context.conversation.id, *key)
        return context.used[key]

    def _choose(self, context: _Context, phrase: Phrase, used: Sequence[int]) -> Choice:
        # Conversations begin with different variants; each then goes through all of them.
        start = int(context.conversation.id[:8], 16)
        channel = context.conversation.channel
        return choose(phrase, used, channel=channel, care=context.care, now=context.now, start=start)

    async def _try(
        self, context: _Context, phrase: Phrase, choice: Choice, variables: Mapping[str, Any], titles: Sequence[str]
    ) -> _Draft:
        """Render and check without a look at the customer's own data, and with it only when something was found."""
        with contextlib.suppress(BadVariableError):
            draft = self._render(context, phrase, choice, variables, titles, own=PersonalData())
            if draft.checked.verdict == "pass":
                return draft
        return self._render(context, phrase, choice, variables, titles, own=await context.own(variables))

    def _render(
        self,
        context: _Context,
        phrase: Phrase,
        choice: Choice,
        variables: Mapping[str, Any],
        titles: Sequence[str],
        *,
        own: PersonalData,
    ) -> _Draft:
        channel, guard = context.conversation.channel, self._phrases.guard(own)
        embedder = Embedder(self._phrases.book, context.now, channel, guard)
        inside = embedder.versions(variables)
        text = render(
            phrase,
            embedder.values(variables),
            variant=choice.variant_index,
            now=context.now,
            channel=channel,
            guard=guard,
        )
        checked = self._phrases.check(text, own=own, previous=context.previous, buttons=titles)
        return _Draft(checked.text, phrase.id, phrase.version, choice.variant_index, choice.why, checked, inside)

    async def _safe(self, context: _Context, blocked: str) -> _Draft:
        scene = blocked.partition(".")[0]
        wanted = self._phrases.book.safe_phrase_for(scene)
        # Joined on to the sentence before it even a safe phrase may be blocked: then it stands alone.
        for phrase_id, previous in ((wanted, context.previous), (wanted, ""), (SAFE, "")):
            context.previous = previous
            try:
                draft = await self._draft(context, phrase_id, {}, ())
            except PhrasebookError as error:
                log.error("outbound.safe_unsayable", phrase=phrase_id, why=str(error))
                continue
            if not draft.checked.blocked:
                return draft
        raise NothingSayableError(f"safe phrase {wanted} and {SAFE} may not leave: run `liyan phrases check`")

    async def _buttons(self, context: _Context, buttons: Sequence[BubbleButton]) -> list[dict[str, Any]]:
        finished = []
        for button in buttons:
            title = await self._title(context, button)
            if title is not None:
                named = {"phrase": button.title_phrase, "variables": button.variables}
                finished.append({"title": title, "payload": button.payload, **named})
        return finished

    async def _title(self, context: _Context, button: BubbleButton) -> str | None:
        channel = context.conversation.channel
        try:
            phrase = select(self._phrases.book, button.title_phrase, channel=channel, now=context.now).phrase
            # A title does not vary: the customer looks for the button where it was.
            variant = choose(phrase, (), channel=channel, now=context.now).variant_index
            guard = self._phrases.guard(await context.own() if button.variables else PersonalData())
            title = render(phrase, button.variables, variant=variant, now=context.now, channel=channel, guard=guard)
        except PhrasebookError as error:
            log.error("outbound.button_dropped", phrase=button.title_phrase, why=str(error))
            return None
        if hits := await self._blocked(context, title):
            log.error("outbound.button_dropped", phrase=button.title_phrase, why="blocked")
            context.held.append(HeldBack(button.title_phrase, "button", version=phrase.version, hits=hits))
            return None
        return title

    async def _custom(self, context: _Context, bubble: Bubble) -> dict[str, Any] | None:
        """Return what is drawn beside the text, left out when any word in it may not leave."""
        custom = dict(bubble.custom or {})
        words = "\n".join(words_shown(custom))
        if words and (hits := await self._blocked(context, words)):
            log.error("outbound.custom_dropped", phrase=bubble.phrase, custom=str(custom.get("kind")))
            context.held.append(HeldBack(bubble.phrase, "card", hits=hits))
            custom = {}
        if bubble.ticket is not None:
            custom["ticket"] = bubble.ticket
        return custom or None

    async def _blocked(self, context: _Context, text: str) -> tuple[dict[str, Any], ...]:
        """Return the rules that keep a text from leaving, none when it may leave."""
        if not self._phrases.check(text, own=PersonalData()).blocked:
            return ()
        checked = self._phrases.check(text, own=await context.own())
        return tuple(checked.hits) if checked.blocked else ()
