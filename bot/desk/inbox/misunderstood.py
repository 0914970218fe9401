"""The inbox of misunderstood messages: found anew from messages and ratings at every look, nothing is copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final, Literal

from sqlalchemy import select

from bot.desk.inbox.likeness import likeness
from bot.desk.models import Message, NluLabel, Rating
from bot.desk.sessions import ReadSession

Reason = Literal["fallback", "low_confidence", "corrected", "low_rating"]

UNSURE: Final = "unsure."
"""Scene of the phrases that say “I did not understand”."""
DOUBT: Final = 0.5
"""Below this confidence a message that opened a subject is looked at."""
LOW_SCORE: Final = 2
SOON: Final = timedelta(minutes=3)
"""Another wish within this time is a correction, not a new subject."""
BEFORE_RATING: Final = timedelta(minutes=30)
SURE: Final = 0.6
REPHRASED: Final = 0.3
"""Likeness of two messages from which on the second says the first again."""
NO_WISH: Final = frozenset(
    {"greet", "goodbye", "thank", "affirm", "deny", "chitchat", "out_of_scope", "abuse"}
    | {"inform", "abandon", "ask_repeat", "correction", "nlu_fallback"}
)
TAKEN_BACK: Final = frozenset({"deny", "abandon"})


@dataclass(frozen=True)
class HeardMessage:
    """A customer's message with what was made of it."""

    id: str
    conversation_id: str
    text: str
    at: datetime
    payload: str | None
    intent: str
    confidence: float
    journey: str | None
    asked: str | None
    """The question left open by the answer."""
    entities: tuple[dict[str, Any], ...]

    @property
    def wish(self) -> bool:
        """Tell whether it was taken for a wish."""
        return self.payload is None and self.intent not in NO_WISH


@dataclass(frozen=True)
class Misunderstood:
    """A message of the inbox: why it is there, and what it may have meant."""

    heard: HeardMessage
    reasons: tuple[Reason, ...]
    suggestion: str | None = None


async def inbox(session: ReadSession, *, since: datetime, doubt: float = DOUBT) -> list[Misunderstood]:
    """Return the misunderstood messages since a moment that have no label yet, oldest first.

    Args:
        since: messages before it are not looked at.
        doubt: confidence below which a message is doubtful.
    """
    heard = await _heard(session, since)
    unsure = await _answered_unsure(session, since)
    ratings = await _low_ratings(session, since)
    labelled = set(await session.scalars(select(NluLabel.message_id)))
    found = [
        one
        for _, talk in groupby(heard, key=lambda message: message.conversation_id)
        for one in _of_talk(list(talk), unsure, ratings, doubt)
        if one.heard.id not in labelled
    ]
    return sorted(found, key=lambda one: (one.heard.at, one.heard.id))


async def heard_message(session: ReadSession, prefix: str) -> list[Message]:
    """Return the customers' messages whose ids begin so, two at most."""
    statement = select(Message).where(Message.direction == "in", Message.id.startswith(prefix, autoescape=True))
    return list(await session.scalars(statement.limit(2)))


async def _heard(session: ReadSession, since: datetime) -> list[HeardMessage]:
    statement = (
        select(Message.id, Message.conversation_id, Message.text, Message.at, Message.payload, Message.understood)
        .where(Message.direction == "in", Message.state == "answered", Message.at >= since)
        .order_by(Message.conversation_id, Message.seq)
    )
    return [_one(*row) for row in await session.execute(statement) if row.understood]


def _one(
    id_: str, conversation_id: str, text: str, at: datetime, payload: str | None, understood: dict[str, Any]
) -> HeardMessage:
    return HeardMessage(
        id=id_,
        conversation_id=conversation_id,
        text=text,
        at=at,
        payload=payload,
        intent=str(understood.get("intent") or "nlu_fallback"),
        confidence=float(understood.get("confidence") or 0.0),
        journey=understood.get("journey"),
        asked=understood.get("asked"),
        entities=tuple(understood.get("entities") or ()),
    )


async def _answered_unsure(session: ReadSession, since: datetime) -> set[str]:
    statement = select(Message.reply_to).where(
        Message.direction == "out", Message.at >= since, Message.phrase.startswith(UNSURE)
    )
    return {reply for reply in await session.scalars(statement) if reply}


async def _low_ratings(session: ReadSession, since: datetime) -> dict[str, list[datetime]]:
    statement = select(Rating.conversation_id, Rating.at).where(Rating.score <= LOW_SCORE, Rating.at >= since)
    found: dict[str, list[datetime]] = {}
    for conversation_id, at in await session.execute(statement):
        found.setdefault(conversation_id, []).append(at)
    return found


def _of_talk(
    talk: Sequence[HeardMessage], unsure: set[str], ratings: dict[str, list[datetime]], doubt: float
) -> Iterator[Misunderstood]:
    for place, message in enumerate(talk):
        if message.payload is not None or not message.text.strip():
            continue
        after = talk[place + 1] if place + 1 < len(talk) else None
        # An answer to a question may be anything; only what opened a subject can be doubted or blamed.
        opened = place == 0 or talk[place - 1].asked is None
        reasons: list[Reason] = []
        if message.id in unsure or message.intent == "nlu_fallback":
            reasons.append("fallback")
        if opened and message.confidence < doubt:
            reasons.append("low_confidence")
        corrected, suggestion = _corrected(message, after, opened=opened, unsure=message.id in unsure)
        if corrected:
            reasons.append("corrected")
        if opened and message.wish and _blamed(message, ratings):
            reasons.append("low_rating")
        if reasons:
            yield Misunderstood(message, tuple(reasons), suggestion)


def _corrected(
    message: HeardMessage, after: HeardMessage | None, *, opened: bool, unsure: bool
) -> tuple[bool, str | None]:
    """Tell whether the customer set right what was understood, and the wish named instead."""
    if after is None or after.at - message.at > SOON:
        return False, None
    if unsure and after.payload is not None:
        pressed = after.payload.removeprefix("/")
        return True, pressed if pressed.isidentifier() else None
    if not (opened and message.wish) or after.payload is not None:
        return False, None
    if message.journey is not None and after.intent in TAKEN_BACK:
        return True, None
    if not after.wish or after.intent == message.intent or after.confidence < SURE:
        return False, None
    # A question left open, or the same words again: not a second wish, but the first one said once more.
    again = message.asked is not None or likeness(message.text, after.text) >= REPHRASED
    return again, after.intent if again else None


def _blamed(message: HeardMessage, ratings: dict[str, list[datetime]]) -> bool:
    return any(
        timedelta(0) <= rated - message.at <= BEFORE_RATING for rated in ratings.get(message.conversation_id, ())
    )
