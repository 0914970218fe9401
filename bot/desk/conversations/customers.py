"""Customers: who speaks on a channel, and what the next conversation knows of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.desk.models import Conversation, Customer
from bot.desk.sessions import ReadSession, WriteSession

FACTS = {"name": 60, "phone": 20, "address": 200}
"""What is kept of a customer, the contact they told themselves, and how many characters of each."""


async def find(session: ReadSession, *, channel: str, sender: str) -> Customer | None:
    """Return the customer of a channel's sender, None before the first contact."""
    return await session.scalar(select(Customer).where(Customer.channel == channel, Customer.sender == sender))


async def find_or_create(session: WriteSession, *, channel: str, sender: str, now: datetime) -> Customer:
    """Return the customer of a channel's sender, recorded now on first contact."""
    found = await find(session, channel=channel, sender=sender)
    if found is not None:
        return found
    try:
        async with session.begin_nested():
            customer = Customer(id=uuid.uuid4().hex, channel=channel, sender=sender, created_at=now)
            session.add(customer)
            await session.flush()
            return customer
    except IntegrityError:
        # Another connection was first; its row is committed by now.
        made = await find(session, channel=channel, sender=sender)
        if made is None:
            raise
        return made


async def facts(session: ReadSession, conversation_id: str) -> dict[str, str]:
    """Return the contact that is known of a conversation's customer: name, phone, address, without the empty ones."""
    customer = await _of_conversation(session, conversation_id)
    known = {} if customer is None else {name: getattr(customer, name) for name in FACTS}
    return {name: value for name, value in known.items() if value}


async def learn(session: WriteSession, conversation_id: str, told: Mapping[str, str]) -> None:
    """Keep the contact that a customer told in a conversation, over what was known before.

    Args:
        session: a session that writes.
        conversation_id: where it was told; one that is not in the records teaches nothing.
        told: new values by the names of `FACTS`.
    """
    customer = await _of_conversation(session, conversation_id)
    if customer is None:
        return
    for name, limit in FACTS.items():
        if name in told:
            setattr(customer, name, told[name][:limit])
    await session.flush()


async def _of_conversation(session: ReadSession, conversation_id: str) -> Customer | None:
    statement = select(Customer).join(Conversation, Conversation.customer_id == Customer.id)
    return await session.scalar(statement.where(Conversation.id == conversation_id))
