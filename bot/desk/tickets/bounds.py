"""How many tickets one matter may have: on an item of an order, in danger, and by one customer in a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select

from bot.desk.models import Order, Ticket
from bot.desk.sessions import ReadSession, WriteSession
from bot.desk.tickets.transitions import OPEN

AFTER_SALES = ("return", "exchange", "refund")
"""Ways to undo a purchase: of these a customer has one open ticket for an item."""
_ON_ORDERS = (*AFTER_SALES, "order_change", "repair", "installation")
"""Kinds that are made under an order only when it was proven: nobody can use up the bound of a stranger's."""
OPEN_ON_ITEM = 10
"""Open tickets on one item of an order, whoever made them: a household may ask twice, a script asks 900 times."""
ON_ITEM = 50
"""Tickets on one item of an order in `ON_ITEM_FOR`, withdrawn and solved ones too."""
ON_ITEM_FOR = timedelta(days=30)
EMERGENCY_FOR = timedelta(hours=24)
"""How long what is told of danger in a conversation belongs to its open emergency."""
OF_SENDER = 20
"""Tickets of one customer in a day."""


@dataclass(frozen=True, slots=True)
class Sender:
    """By whom a ticket is made, and in which conversation."""

    conversation_id: str | None
    channel: str
    name: str


class TicketExistsError(RuntimeError):
    """Raised when a matter has its ticket already.

    Attributes:
        ticket: the ticket to which it belongs.
    """

    def __init__(self, ticket: Ticket) -> None:
        """Keep the ticket."""
        super().__init__(f"{ticket.kind}: belongs to ticket {ticket.number}")
        self.ticket = ticket


async def ensure_allowed(
    session: WriteSession,
    *,
    kind: str,
    fields: Mapping[str, Any],
    order_number: str | None,
    sender: Sender,
    now: datetime,
) -> None:
    """Make sure that a ticket may be made.

    Args:
        fields: those of the new ticket; `sku` or `product` names the item of the order.
        now: when the ticket is made.

    Raises:
        TicketExistsError: it belongs to a ticket that is there.
    """
    found: Ticket | None = None
    if kind == "emergency":
        found = await open_emergency(session, sender.conversation_id, now=now)
    elif kind in _ON_ORDERS and order_number is not None:
        found = await _of_item(session, kind=kind, order_number=order_number, fields=fields, sender=sender, now=now)
    if found is None and kind != "emergency":
        found = await _of_sender(session, sender, now=now)
    if found is not None:
        raise TicketExistsError(found)


async def open_emergency(session: ReadSession, conversation_id: str | None, *, now: datetime) -> Ticket | None:
    """Return the emergency of a conversation to which what is told of danger now belongs."""
    query = select(Ticket).where(
        Ticket.conversation_id == conversation_id,
        Ticket.kind == "emergency",
        Ticket.state.in_(OPEN),
        Ticket.created_at > now - EMERGENCY_FOR,
    )
    return await _newest(session, query)


async def open_on_item(session: ReadSession, order_number: str, sku: str, *, sender: Sender) -> Ticket | None:
    """Return the open ticket by which a customer gives an item back already, in whichever conversation it was made."""
    found = await _on_item(session, AFTER_SALES, order_number, sku, since=None)
    return next((ticket for ticket in found if _is_of(ticket, sender)), None)


async def _of_item(
    session: WriteSession, *, kind: str, order_number: str, fields: Mapping[str, Any], sender: Sender, now: datetime
) -> Ticket | None:
    # The order's row makes others wait: two conversations at once cannot both see that there is none.
    await session.execute(select(Order.number).where(Order.number == order_number).with_for_update())
    kinds = AFTER_SALES if kind in AFTER_SALES else (kind,)
    found = await _on_item(session, kinds, order_number, _item(fields), since=now - ON_ITEM_FOR)
    standing = [ticket for ticket in found if ticket.state in OPEN]
    if kind in AFTER_SALES and (own := next((ticket for ticket in standing if _is_of(ticket, sender)), None)):
        return own
    if len(standing) >= OPEN_ON_ITEM:
        return standing[0]
    return found[0] if len(found) >= ON_ITEM else None


async def _on_item(
    session: ReadSession, kinds: Sequence[str], order_number: str, item: object, *, since: datetime | None
) -> list[Ticket]:
    """Return the tickets on an item, newest first: the open ones, and those made since a time."""
    counted = Ticket.state.in_(OPEN) if since is None else or_(Ticket.state.in_(OPEN), Ticket.created_at > since)
    query = select(Ticket).where(Ticket.order_number == order_number, Ticket.kind.in_(kinds), counted)
    rows = await session.scalars(query.order_by(Ticket.created_at.desc()))
    return [ticket for ticket in rows if _item(ticket.fields) == item]


def _is_of(ticket: Ticket, sender: Sender) -> bool:
    return (ticket.channel, ticket.sender) == (sender.channel, sender.name)


async def _of_sender(session: ReadSession, sender: Sender, *, now: datetime) -> Ticket | None:
    of_day = (
        Ticket.channel == sender.channel,
        Ticket.sender == sender.name,
        Ticket.created_at > now - timedelta(days=1),
    )
    made = await session.scalar(select(func.count()).select_from(Ticket).where(*of_day))
    return await _newest(session, select(Ticket).where(*of_day)) if (made or 0) >= OF_SENDER else None


async def _newest(session: ReadSession, query: Select[Ticket]) -> Ticket | None:
    return (await session.scalars(query.order_by(Ticket.created_at.desc()).limit(1))).first()


def _item(fields: Mapping[str, Any]) -> object:
    return fields.get("sku") or fields.get("product")
