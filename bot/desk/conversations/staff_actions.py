"""What members of staff did with conversations: read by conversation, or as it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.desk.models import Conversation, StaffAction
from bot.desk.sessions import ReadSession
from phrasebook.china_time import SHANGHAI

_OVERLAP = 100
"""Rows that a look goes back, so that one committed late is not passed over."""


async def of_conversation(session: ReadSession, conversation_id: str) -> list[StaffAction]:
    """Return what people did with a conversation, oldest first."""
    statement = select(StaffAction).where(StaffAction.conversation_id == conversation_id).order_by(StaffAction.id)
    return list(await session.scalars(statement))


@dataclass(frozen=True)
class ActionCursor:
    """How far the actions of staff have been looked at.

    Two transactions may be committed in the other order than their rows were numbered, so a look goes back a little
    and leaves out what was seen.
    """

    newest: int = 0
    seen: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Done:
    """An action of staff, and whose conversation it was."""

    conversation_id: str
    customer_id: str


async def newest(session: ReadSession) -> ActionCursor:
    """Return a cursor behind everything that staff have done so far."""
    ids = await session.scalars(select(StaffAction.id).order_by(StaffAction.id.desc()).limit(_OVERLAP))
    seen = frozenset(ids)
    return ActionCursor(max(seen, default=0), seen)


async def since(session: ReadSession, cursor: ActionCursor) -> tuple[list[Done], ActionCursor]:
    """Return what staff have done since a look, oldest first, and the cursor for the next look."""
    statement = (
        select(StaffAction.id, Conversation.id, Conversation.customer_id)
        .join(Conversation, Conversation.id == StaffAction.conversation_id)
        .where(StaffAction.id > cursor.newest - _OVERLAP)
        .order_by(StaffAction.id)
    )
    rows = [row for row in await session.execute(statement) if row[0] not in cursor.seen]
    newest = max((row[0] for row in rows), default=cursor.newest)
    newest = max(newest, cursor.newest)
    seen = frozenset(number for number in (*cursor.seen, *(row[0] for row in rows)) if number > newest - _OVERLAP)
    return [Done(conversation, customer) for _, conversation, customer in rows], ActionCursor(newest, seen)


def as_record(action: StaffAction) -> dict[str, Any]:
    """Return an action as the command line prints it."""
    return {
        "at": action.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "by": action.by,
        "kind": action.kind,
        "from": action.from_name or action.from_kind,
        "to": action.to_name or action.to_kind,
        "note": action.note,
    }
