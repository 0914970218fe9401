"""What was held back on its way out, and who was sent which version of a phrase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.desk.models import Conversation, Incident, Message
from bot.desk.sessions import ReadSession, WriteSession
from phrasebook.china_time import SHANGHAI

RULE = ("kind", "family", "entry", "level", "how")
"""What is kept of a hit; where it stood and what stood there could be personal."""


@dataclass(frozen=True)
class HeldBack:
    """A sentence that did not leave.

    `version` is empty when the phrase was not found or not approved, `said` when nothing left instead.
    """

    phrase: str
    cause: str
    version: int | None = None
    hits: tuple[Mapping[str, Any], ...] = ()
    said: str | None = None


def record(session: WriteSession, conversation_id: str, held: Iterable[HeldBack], *, now: datetime) -> None:
    """Write down what was held back, in the transaction of the turn."""
    session.add_all(
        Incident(
            at=now,
            conversation_id=conversation_id,
            phrase=one.phrase[:80],
            version=one.version,
            cause=one.cause[:20],
            hits=[{key: hit.get(key) for key in RULE} for hit in one.hits],
            said=one.said,
        )
        for one in held
    )


async def listing(session: ReadSession, *, since: datetime | None = None, limit: int = 200) -> list[dict[str, Any]]:
    """Return what was held back, newest first."""
    query = select(Incident).order_by(Incident.at.desc(), Incident.id.desc()).limit(limit)
    if since is not None:
        query = query.where(Incident.at >= since)
    return [
        {
            "at": row.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "conversation": row.conversation_id,
            "phrase": row.phrase,
            "version": row.version,
            "cause": row.cause,
            "hits": row.hits,
            "said": row.said,
        }
        for row in await session.scalars(query)
    ]


async def sent_messages(
    session: ReadSession,
    phrase_id: str,
    *,
    version: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[dict[str, Any]]:
    """Return to whom a phrase was said, oldest first.

    Args:
        since: from this moment on.
        until: before this moment.
    """
    query = (
        select(Message.at, Message.version, Message.variant, Message.author, Message.state, Message.id, Conversation)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.direction == "out", Message.phrase == phrase_id)
        .order_by(Message.at, Message.id)
    )
    if version is not None:
        query = query.where(Message.version == version)
    if since is not None:
        query = query.where(Message.at >= since)
    if until is not None:
        query = query.where(Message.at < until)
    return [
        {
            "at": row.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "version": row.version,
            "variant": row.variant,
            "conversation": row.Conversation.id,
            "channel": row.Conversation.channel,
            "sender": row.Conversation.sender,
            "author": row.author,
            "state": row.state,
            "message": row.id,
        }
        for row in await session.execute(query)
    ]
