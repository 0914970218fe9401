"""What is no secret in a conversation: the customer's own words and contact, and the records proved or made in it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from bot.desk.models import Conversation, Customer, Message, Order, ProofAttempt, Ticket
from bot.desk.sessions import ReadSession

_SENTENCES = 200


async def known_texts(session: ReadSession, conversation: Conversation) -> list[str]:
    """Return everything in which the customer's own data may stand, for the check of what is said to them."""
    found = await customer_texts(session, conversation.id)
    customer = await session.get(Customer, conversation.customer_id)
    if customer is not None:
        found += [known for known in (customer.name, customer.phone, customer.address) if known]
    proved = list(
        await session.scalars(
            select(ProofAttempt.number).where(
                ProofAttempt.conversation_id == conversation.id, ProofAttempt.ok.is_(True)
            )
        )
    )
    return found + await _of_tickets(session, conversation.id, proved) + await _of_orders(session, proved)


async def customer_texts(session: ReadSession, conversation_id: str) -> list[str]:
    """Return what the customer wrote in a conversation, the newest first."""
    statement = (
        select(Message.text)
        .where(Message.conversation_id == conversation_id, Message.direction == "in")
        .order_by(Message.seq.desc())
        .limit(_SENTENCES)
    )
    return list(await session.scalars(statement))


async def _of_tickets(session: ReadSession, conversation_id: str, proved: list[str]) -> list[str]:
    mine = or_(Ticket.conversation_id == conversation_id, Ticket.number.in_(proved))
    found: list[str] = []
    for phone, fields in await session.execute(select(Ticket.phone, Ticket.fields).where(mine)):
        found += [phone or "", *_strings(fields)]
    return found


async def _of_orders(session: ReadSession, proved: list[str]) -> list[str]:
    if not proved:
        return []
    found: list[str] = []
    statement = select(Order.phone, Order.address).where(Order.number.in_(proved))
    for phone, address in await session.execute(statement):
        found += [phone, address]
    return found


def _strings(fields: dict[str, Any]) -> list[str]:
    return [value for value in fields.values() if isinstance(value, str)]
