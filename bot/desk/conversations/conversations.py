"""Conversations: a customer has one open at a time; it begins with a message and ends after a silence or by staff."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, select, update
from sqlalchemy.exc import IntegrityError

from bot.desk.models import Conversation, Customer, Message
from bot.desk.sessions import ReadSession, WriteSession

SILENCE = "silence"
"""Who ended a conversation in which nobody spoke any more."""


@dataclass(frozen=True)
class Ended:
    """A conversation that has just ended, and whose it was."""

    conversation_id: str
    customer_id: str


async def current(session: ReadSession, customer_id: str) -> Conversation | None:
    """Return the customer's open conversation, if there is one."""
    return await session.scalar(_open_of(customer_id))


async def current_locked(session: WriteSession, customer_id: str) -> Conversation | None:
    """Return the customer's open conversation, its row locked until the transaction ends."""
    statement = _open_of(customer_id).with_for_update().execution_options(populate_existing=True)
    return await session.scalar(statement)


def _open_of(customer_id: str) -> Select[Conversation]:
    return select(Conversation).where(Conversation.customer_id == customer_id, Conversation.ended_at.is_(None))


async def latest(session: ReadSession, customer_id: str) -> Conversation | None:
    """Return the customer's conversation in which was spoken last, open or ended."""
    statement = select(Conversation).where(Conversation.customer_id == customer_id)
    return await session.scalar(statement.order_by(Conversation.created_at.desc()).limit(1))


async def open_for(session: WriteSession, customer: Customer, *, now: datetime, silent_since: datetime) -> Conversation:
    """Return the customer's open conversation under its lock, a new one when the last has ended.

    Args:
        session: a session that writes.
        customer: who speaks or is spoken to.
        now: the present moment.
        silent_since: an open conversation in which nobody spoke since then ends here.
    """
    found = await current_locked(session, customer.id)
    if found is not None and found.last_at < silent_since:
        await end_silent(session, silent_since=silent_since, now=now, customer_id=customer.id)
        found = await current_locked(session, customer.id)
    if found is not None:
        return found
    try:
        async with session.begin_nested():
            return await _begin(session, customer, now=now)
    except IntegrityError:
        # Another connection began it; its row is committed by now.
        begun = await current_locked(session, customer.id)
        if begun is None:
            raise
        return begun


async def _begin(session: WriteSession, customer: Customer, *, now: datetime) -> Conversation:
    last = await latest(session, customer.id)
    conversation = Conversation(
        id=uuid.uuid4().hex,
        customer_id=customer.id,
        channel=customer.channel,
        sender=customer.sender,
        owner_kind="bot",
        created_at=now,
        last_at=now,
        # A customer is welcomed once, not in each conversation.
        welcomed_at=None if last is None else last.welcomed_at,
    )
    session.add(conversation)
    await session.flush()
    return conversation


async def locked(session: WriteSession, conversation_id: str) -> Conversation:
    """Return a conversation with its row locked until the transaction ends.

    Raises:
        LookupError: there is no such conversation.
    """
    statement = (
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    conversation = await session.scalar(statement)
    if conversation is None:
        raise LookupError(f"no conversation {conversation_id!r}: `liyan conversations list` shows all")
    return conversation


async def end_silent(
    session: WriteSession, *, silent_since: datetime, now: datetime, customer_id: str | None = None
) -> list[Ended]:
    """End the bot's conversations in which nobody spoke for too long and no message waits.

    Args:
        session: a session that writes.
        silent_since: the last message was said before this moment.
        now: the present moment.
        customer_id: look at this customer's only.

    Returns:
        those that ended.
    """
    waits = exists().where(
        Message.conversation_id == Conversation.id, Message.direction == "in", Message.state == "accepted"
    )
    statement = (
        update(Conversation)
        .where(Conversation.ended_at.is_(None), Conversation.owner_kind == "bot", Conversation.last_at < silent_since)
        .where(~waits)
        .values(ended_at=now, ended_by=SILENCE)
        .returning(Conversation.id, Conversation.customer_id)
        .execution_options(synchronize_session=False)
    )
    if customer_id is not None:
        statement = statement.where(Conversation.customer_id == customer_id)
    return [Ended(*row) for row in await session.execute(statement)]
