"""What waits to leave: queued with the answer, claimed by one sender at a time, in order for each customer."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import aliased

from bot.desk.models import Conversation, Message, OutboxMessage
from bot.desk.sessions import ReadSession, WriteSession

NO_QUOTA = "quota"
"""Why a message is held back: nothing may leave until the customer has written again."""
_UNDELIVERED = ("queued", "sent")


@dataclass(frozen=True)
class OutgoingMessage:
    """One message of a channel, before it stands in the outbox.

    Args:
        first_seq: place of the first sentence that it holds or holds a part of; `last_seq` of the last one.
        content: what is sent beside or instead of the text; its shape is the channel's own.
    """

    text: str
    first_seq: int
    last_seq: int
    content: dict[str, Any] | None = None


async def queue(
    session: WriteSession,
    conversation: Conversation,
    outgoing: Sequence[OutgoingMessage],
    *,
    reply_to: str | None,
    now: datetime,
    due_at: datetime,
) -> None:
    """Add messages behind those that wait already, in the transaction in which they were said.

    Args:
        conversation: held under its lock by the caller.
        due_at: when they are delivered at the earliest.
    """
    mine = OutboxMessage.customer_id == conversation.customer_id
    # What waited for the customer to write may leave now, ahead of the answer.
    await session.execute(
        update(OutboxMessage)
        .where(mine, OutboxMessage.state == "queued", OutboxMessage.last_error == NO_QUOTA)
        .values(next_try_at=now, last_error=None)
        .execution_options(synchronize_session=False)
    )
    place = await session.scalar(select(func.max(OutboxMessage.place)).where(mine)) or 0
    session.add_all(
        OutboxMessage(
            id=uuid.uuid4().hex,
            customer_id=conversation.customer_id,
            conversation_id=conversation.id,
            place=place + offset,
            channel=conversation.channel,
            recipient=conversation.sender,
            text=message.text,
            content=message.content,
            first_seq=message.first_seq,
            last_seq=message.last_seq,
            reply_to=reply_to,
            state="queued",
            next_try_at=due_at,
            created_at=now,
        )
        for offset, message in enumerate(outgoing, start=1)
    )
    await session.flush()


async def room(session: ReadSession, customer_id: str, *, quota: int, window: timedelta, now: datetime) -> int:
    """Return how many messages may still leave to a customer.

    Args:
        quota: messages allowed within `window` after the customer wrote last.
    """
    wrote = await session.scalar(
        select(func.max(Message.at)).where(Message.customer_id == customer_id, Message.direction == "in")
    )
    if wrote is None or now - wrote > window:
        return 0
    left = await session.scalar(
        select(func.count()).where(
            OutboxMessage.customer_id == customer_id,
            OutboxMessage.state.in_(("sent", "delivered")),
            OutboxMessage.sent_at >= wrote,
        )
    )
    return max(quota - (left or 0), 0)


async def waiting(session: ReadSession, customer_id: str) -> int:
    """Return how many messages wait to leave to a customer."""
    queued = (OutboxMessage.customer_id == customer_id, OutboxMessage.state == "queued")
    return await session.scalar(select(func.count()).where(*queued)) or 0


async def due(session: ReadSession, channels: Collection[str], *, now: datetime, limit: int) -> list[OutboxMessage]:
    """Return what is to be sent now: of each customer the oldest message that waits, once its time has come."""
    statement = (
        select(OutboxMessage)
        .where(*_oldest_of_customer(channels), OutboxMessage.next_try_at <= now)
        .order_by(OutboxMessage.next_try_at)
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def next_due_at(session: ReadSession, channels: Collection[str]) -> datetime | None:
    """Return when the next message is to be sent, None when none waits."""
    return await session.scalar(select(func.min(OutboxMessage.next_try_at)).where(*_oldest_of_customer(channels)))


async def claim(session: WriteSession, message_id: str, *, now: datetime, until: datetime) -> OutboxMessage | None:
    """Take a message to send it; None when another sender was first.

    Args:
        until: when it may be taken again, in case this sender dies before it tells what came of it.
    """
    claimed = await session.scalar(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.state == "queued", OutboxMessage.next_try_at <= now)
        .values(next_try_at=until, tries=OutboxMessage.tries + 1, last_error=None)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return None if claimed is None else await session.get(OutboxMessage, claimed, populate_existing=True)


async def collect(
    session: WriteSession, customer_id: str, *, limit: int, now: datetime, until: datetime
) -> list[OutboxMessage]:
    """Take what waits for a customer along, in order; nothing while another sender is at work on it.

    Args:
        limit: messages to take.
        until: when they may be taken again, in case this sender dies before it tells what came of them.
    """
    statement = (
        select(OutboxMessage)
        .where(OutboxMessage.customer_id == customer_id, OutboxMessage.state == "queued")
        .order_by(OutboxMessage.place)
        .with_for_update()
    )
    waiting = list(await session.scalars(statement))
    if any(row.tries and row.next_try_at > now and row.last_error is None for row in waiting):
        return []
    taken = waiting[:limit]
    for row in taken:
        row.tries += 1
        row.next_try_at = until
        row.last_error = None
    await session.flush()
    return taken


async def hold(session: WriteSession, message_id: str, *, until: datetime) -> None:
    """Keep a message back until the customer writes again, or a moment at which to look anew."""
    await _change(session, message_id, next_try_at=until, last_error=NO_QUOTA)


async def try_later(session: WriteSession, message_id: str, *, at: datetime, error: str) -> None:
    """Note that a try failed and when the next one is due."""
    await _change(session, message_id, next_try_at=at, last_error=error[:200])


async def mark_sent(session: WriteSession, message: OutboxMessage, *, external_id: str | None, now: datetime) -> None:
    """Note that the far side took a message."""
    if await _change(session, message.id, state="sent", sent_at=now, external_id=external_id, last_error=None):
        await _follow(session, message, "sent", unless=("queued",))


async def mark_delivered(session: WriteSession, message: OutboxMessage, *, now: datetime) -> None:
    """Note that the customer's side has a message: collected by it, or confirmed by the far side."""
    if await _change(
        session,
        message.id,
        among=("queued", "sent"),
        state="delivered",
        sent_at=message.sent_at or now,
        last_error=None,
    ):
        await _follow(session, message, "delivered", unless=_UNDELIVERED)


async def mark_failed(session: WriteSession, message: OutboxMessage, *, error: str) -> None:
    """Give a message up: tried too often, refused for good, or found undelivered by the far side."""
    if await _change(session, message.id, among=_UNDELIVERED, state="failed", last_error=error[:200]):
        await _follow(session, message, "failed", unless=())


async def by_external_id(session: ReadSession, *, channel: str, external_id: str) -> OutboxMessage | None:
    """Return the message that the far side names in a receipt."""
    return await session.scalar(
        select(OutboxMessage).where(OutboxMessage.channel == channel, OutboxMessage.external_id == external_id)
    )


async def _change(
    session: WriteSession, message_id: str, *, among: Sequence[str] = ("queued",), **values: object
) -> bool:
    """Change a message that is still in one of some states; tell whether it was."""
    changed = await session.scalar(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.state.in_(among))
        .values(**values)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


async def _follow(session: WriteSession, message: OutboxMessage, state: str, *, unless: Sequence[str]) -> None:
    """Let the sentences that a message holds follow its state.

    Args:
        unless: states of other messages that hold a part of the same sentence: it waits for those.
    """
    other = aliased(OutboxMessage)
    behind = exists().where(
        other.customer_id == Message.customer_id,
        other.first_seq <= Message.seq,
        other.last_seq >= Message.seq,
        other.state.in_(unless),
    )
    await session.execute(
        update(Message)
        .where(
            Message.customer_id == message.customer_id,
            Message.direction == "out",
            Message.seq.between(message.first_seq, message.last_seq),
            Message.state.in_(_UNDELIVERED),
            ~behind,
        )
        .values(state=state)
        .execution_options(synchronize_session=False)
    )


def _oldest_of_customer(channels: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    earlier = aliased(OutboxMessage)
    before = exists().where(
        earlier.customer_id == OutboxMessage.customer_id,
        earlier.state == "queued",
        earlier.place < OutboxMessage.place,
    )
    return (OutboxMessage.channel.in_(channels), OutboxMessage.state == "queued", ~before)
