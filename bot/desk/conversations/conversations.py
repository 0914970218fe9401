"""Conversations: made on first contact, found by sender, locked while something is written in them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.desk.models import Conversation, Customer
from bot.desk.sessions import ReadSession, WriteSession


async def enter(session: WriteSession, *, channel: str, sender: str, now: datetime) -> Conversation:
    """Return the conversation of a sender, made on first contact, its row locked until the transaction ends."""
    statement = select(Conversation).where(Conversation.channel == channel, Conversation.sender == sender)
    found = await session.scalar(statement.with_for_update())
    if found is not None:
        return found
    try:
        async with session.begin_nested():
            return await _create(session, channel=channel, sender=sender, now=now)
    except IntegrityError:
        # Another connection was first; its rows are committed by now.
        made = await session.scalar(statement.with_for_update())
        if made is None:
            raise
        return made


async def of_sender(session: ReadSession, *, channel: str, sender: str) -> Conversation | None:
    """Return the conversation of a sender, if there is one."""
    statement = select(Conversation).where(Conversation.channel == channel, Conversation.sender == sender)
    return await session.scalar(statement)


async def _create(session: WriteSession, *, channel: str, sender: str, now: datetime) -> Conversation:
    customer = Customer(id=uuid.uuid4().hex, channel=channel, sender=sender, created_at=now)
    session.add(customer)
    # No relationship ties the two tables, so the order of the inserts is ours to keep.
    await session.flush()
    conversation = Conversation(
        id=uuid.uuid4().hex,
        customer_id=customer.id,
        channel=channel,
        sender=sender,
        owner="bot",
        created_at=now,
        last_at=now,
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
        raise LookupError(f"no conversation {conversation_id}")
    return conversation
