"""Groups of the inbox, and the labels that staff give to them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.desk.inbox import likeness
from bot.desk.inbox.misunderstood import Misunderstood, heard_message
from bot.desk.models import Message, NluLabel
from bot.desk.sessions import ReadSession, WriteSession
from bot.desk.upsert import insert
from phrasebook.china_time import SHANGHAI

IGNORE = "ignore"
"""The label of what nothing is to be learnt from: it leaves the inbox and is never exported."""
SHORTEST_PREFIX = 6


class LabelError(ValueError):
    """Raised when there is nothing to label under a name, or the label is none."""


@dataclass(frozen=True)
class MessageGroup:
    """Messages that are alike."""

    id: str
    """Made of the texts: when other texts join the group it has another id, so nobody labels what was not seen."""
    members: tuple[Misunderstood, ...]

    def record(self) -> dict[str, Any]:
        """Return what `liyan nlu inbox --json` prints of the group."""
        return {
            "group": self.id,
            "count": len(self.members),
            "reasons": dict(Counter(reason for one in self.members for reason in one.reasons).most_common()),
            "understood": dict(Counter(one.heard.intent for one in self.members).most_common()),
            "suggestions": dict(Counter(one.suggestion for one in self.members if one.suggestion).most_common()),
            "messages": [_line(one) for one in self.members],
        }


def _line(one: Misunderstood) -> dict[str, Any]:
    return {
        "message": one.heard.id,
        "conversation": one.heard.conversation_id,
        "at": one.heard.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "text": one.heard.text,
        "intent": one.heard.intent,
        "confidence": round(one.heard.confidence, 3),
        "reasons": list(one.reasons),
        "suggestion": one.suggestion,
    }


def groups(found: Sequence[Misunderstood]) -> list[MessageGroup]:
    """Return the messages of the inbox grouped by likeness, the largest group first."""
    texts = [one.heard.text for one in found]
    return [_group([found[place] for place in places]) for places in likeness.group(texts)]


def _group(members: Sequence[Misunderstood]) -> MessageGroup:
    essences = sorted({likeness.essence(one.heard.text) for one in members})
    digest = hashlib.sha256("\n".join(essences).encode()).hexdigest()
    return MessageGroup(f"g{digest[:7]}", tuple(members))


async def label(
    session: WriteSession,
    found: Sequence[MessageGroup],
    name: str,
    intent: str,
    *,
    by: str,
    now: datetime,
    intents: Collection[str],
) -> list[str]:
    """Label all messages of a group, or one message; a second label replaces the first.

    Args:
        found: the groups of the inbox at this moment.
        name: a group's id, or the beginning of a message's.
        intent: one of `intents`, or `ignore`.
        by: who says so.

    Returns:
        ids of the messages labelled.

    Raises:
        LabelError: there is no such intent, group or message, or the beginning fits several messages.
    """
    if intent not in intents and intent != IGNORE:
        raise LabelError(f"no intent {intent!r}: available: {', '.join(sorted(intents))}, {IGNORE}")
    if not by.strip():
        raise LabelError("--by is empty: say who labels")
    ids = [one.heard.id for group in found if group.id == name for one in group.members]
    ids = ids or [await _message(session, name)]
    for message_id in ids:
        row = insert(session, NluLabel).values(message_id=message_id, intent=intent, by=by.strip(), at=now)
        fresh = {"intent": row.excluded.intent, "by": row.excluded.by, "at": row.excluded.at}
        await session.execute(row.on_conflict_do_update(index_elements=["message_id"], set_=fresh))
    return ids


async def _message(session: ReadSession, name: str) -> str:
    matches = await heard_message(session, name) if len(name) >= SHORTEST_PREFIX else []
    if len(matches) == 1:
        return matches[0].id
    if matches:
        raise LabelError(f"{name!r} fits several messages: give more of the id")
    raise LabelError(f"no group or message {name!r}: groups change as messages come in; see `liyan nlu inbox`")


@dataclass(frozen=True)
class Labelled:
    """A message with its label, as it is learnt from."""

    text: str
    intent: str
    entities: tuple[dict[str, Any], ...]
    conversation_id: str


async def labelled(session: ReadSession) -> list[Labelled]:
    """Return the labelled messages to learn from, in the order of their labels."""
    statement = (
        select(Message.text, NluLabel.intent, Message.understood, Message.conversation_id)
        .join(NluLabel, NluLabel.message_id == Message.id)
        .where(NluLabel.intent != IGNORE)
        .order_by(NluLabel.at, NluLabel.message_id)
    )
    return [
        Labelled(text, intent, tuple((understood or {}).get("entities") or ()), conversation_id)
        for text, intent, understood, conversation_id in await session.execute(statement)
    ]
