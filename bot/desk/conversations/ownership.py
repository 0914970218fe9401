"""Who owns a conversation: the bot, the queue, or a member of staff. Every change is recorded and never taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.desk.conversations import messages
from bot.desk.models import Conversation, StaffAction
from bot.desk.sessions import WriteSession

BOT, QUEUE, STAFF = "bot", "queue", "staff"
_NAME_LIMIT = 60
_NOT_NAMES = frozenset({BOT, QUEUE, STAFF, "customer", "silence"})
"""What authors and owners are called that are no member of staff."""


class OwnershipError(ValueError):
    """Raised when a conversation cannot change hands like that; the message says how it stands and what to do."""


@dataclass(frozen=True)
class Owner:
    """Who answers in a conversation: `bot`, `queue`, or `staff` with a name."""

    kind: str
    name: str | None = None

    def __str__(self) -> str:
        return self.name or self.kind


def owner_of(conversation: Conversation) -> Owner:
    """Return who answers in a conversation."""
    return Owner(conversation.owner_kind, conversation.owner_name)


def bot_answers(conversation: Conversation) -> bool:
    """Tell whether the bot may speak in a conversation."""
    return conversation.owner_kind == BOT and conversation.ended_at is None


async def take(
    session: WriteSession, conversation: Conversation, *, by: str, now: datetime, note: str = ""
) -> StaffAction:
    """Give a conversation of the bot or the queue to the member of staff who takes it.

    Args:
        session: a session that writes.
        conversation: held under its lock by the caller.
        by: the name that customers read beside what is said.
        now: the present moment.
        note: why, for colleagues.

    Raises:
        OwnershipError: it has ended, or somebody owns it already.
    """
    _ensure_open(conversation)
    if conversation.owner_kind == STAFF:
        raise OwnershipError(
            f"{conversation.owner_name} owns conversation {conversation.id}: have it transferred, or put in the queue"
        )
    return await _change(session, conversation, Owner(STAFF, by), kind="taken", by=by, now=now, note=note)


async def put_in_queue(
    session: WriteSession, conversation: Conversation, *, by: str, now: datetime, note: str = ""
) -> StaffAction:
    """Let a conversation wait for the next member of staff who is free.

    Raises:
        OwnershipError: it has ended, waits already, or belongs to another member of staff.
    """
    _ensure_open(conversation)
    if conversation.owner_kind == QUEUE:
        raise OwnershipError(f"conversation {conversation.id} is in the queue already")
    _ensure_own(conversation, by)
    return await _change(session, conversation, Owner(QUEUE), kind="queued", by=by, now=now, note=note)


async def transfer(
    session: WriteSession, conversation: Conversation, *, to: str, by: str, now: datetime, note: str = ""
) -> StaffAction:
    """Give a conversation from one member of staff to another; a lead may do it for somebody who is away.

    Raises:
        OwnershipError: it has ended, no member of staff owns it, or it is theirs already.
    """
    _ensure_open(conversation)
    if conversation.owner_kind != STAFF:
        raise OwnershipError(f"the {conversation.owner_kind} owns conversation {conversation.id}: take it first")
    if conversation.owner_name == to:
        raise OwnershipError(f"{to} owns conversation {conversation.id} already")
    return await _change(session, conversation, Owner(STAFF, to), kind="transferred", by=by, now=now, note=note)


async def give_back(
    session: WriteSession, conversation: Conversation, *, by: str, now: datetime, note: str = ""
) -> StaffAction:
    """Let the bot answer again; it goes on where it stood.

    Raises:
        OwnershipError: it has ended, the bot owns it already, or it belongs to another member of staff.
    """
    _ensure_open(conversation)
    if conversation.owner_kind == BOT:
        raise OwnershipError(f"the bot owns conversation {conversation.id} already")
    _ensure_own(conversation, by)
    return await _change(session, conversation, Owner(BOT), kind="given_back", by=by, now=now, note=note)


async def end(
    session: WriteSession, conversation: Conversation, *, by: str, now: datetime, note: str = ""
) -> StaffAction:
    """End a conversation; the customer's next message begins another.

    Raises:
        OwnershipError: it has ended, belongs to another member of staff, or a message waits for its answer.
    """
    _ensure_open(conversation)
    _ensure_own(conversation, by)
    if await messages.next_waiting(session, conversation.id) is not None:
        raise OwnershipError(f"a message waits in conversation {conversation.id}: end it when that is answered")
    action = await _record(session, conversation, owner_of(conversation), kind="ended", by=by, now=now, note=note)
    conversation.ended_at, conversation.ended_by = now, action.by
    await session.flush()
    return action


async def record_saying(session: WriteSession, conversation: Conversation, *, by: str, now: datetime) -> StaffAction:
    """Record that the owner says something.

    Raises:
        OwnershipError: the conversation has ended, or is not theirs.
    """
    _ensure_open(conversation)
    if owner_of(conversation) != Owner(STAFF, by):
        raise OwnershipError(
            f"{owner_of(conversation)} owns conversation {conversation.id}: take it before you speak in it"
        )
    conversation.last_at = now
    return await _record(session, conversation, owner_of(conversation), kind="said", by=by, now=now)


def _ensure_open(conversation: Conversation) -> None:
    if conversation.ended_at is not None:
        raise OwnershipError(
            f"conversation {conversation.id} has ended; the customer's next message begins another, take that one"
        )


def _ensure_own(conversation: Conversation, by: str) -> None:
    if conversation.owner_kind == STAFF and conversation.owner_name != by:
        raise OwnershipError(
            f"{conversation.owner_name} owns conversation {conversation.id}: they do it, or a lead transfers it first"
        )


async def _change(
    session: WriteSession,
    conversation: Conversation,
    to: Owner,
    *,
    kind: str,
    by: str,
    now: datetime,
    note: str,
) -> StaffAction:
    if to.name is not None:
        _ensure_name(to.name)
    action = await _record(session, conversation, to, kind=kind, by=by, now=now, note=note)
    conversation.owner_kind, conversation.owner_name = to.kind, to.name
    # The silence that ends a conversation counts from here: time with staff is none.
    conversation.last_at = now
    await session.flush()
    return action


async def _record(
    session: WriteSession,
    conversation: Conversation,
    to: Owner,
    *,
    kind: str,
    by: str,
    now: datetime,
    note: str = "",
) -> StaffAction:
    if by != BOT:
        # A journey may put a conversation in the queue.
        _ensure_name(by)
    action = StaffAction(
        conversation_id=conversation.id,
        at=now,
        by=by,
        kind=kind,
        from_kind=conversation.owner_kind,
        from_name=conversation.owner_name,
        to_kind=to.kind,
        to_name=to.name,
        note=note[:500],
    )
    session.add(action)
    await session.flush()
    return action


def _ensure_name(name: str) -> None:
    if not name.strip() or len(name) > _NAME_LIMIT or name.lower() in _NOT_NAMES:
        raise OwnershipError(
            f"{name!r} cannot be a member of staff: a name has 1 to {_NAME_LIMIT} characters and is none of "
            f"{', '.join(sorted(_NOT_NAMES))}"
        )
