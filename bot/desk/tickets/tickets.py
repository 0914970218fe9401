"""Open, move, urge and withdraw tickets, and read them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import SQLColumnExpression, func, select

from bot.desk.models import Ticket, TicketEvent
from bot.desk.sessions import ReadSession, WriteSession
from bot.desk.tickets import bounds, sla
from bot.desk.tickets.numbers import new_number, parse_number
from bot.desk.tickets.transitions import OPEN, STATES, TransitionError, ensure_allowed
from bot.desk.upsert import insert
from bot.desk.visits import booking
from phrasebook.china_time import SHANGHAI

__all__ = [
    "KINDS",
    "TransitionError",
    "add_note",
    "as_record",
    "find",
    "histories",
    "listing",
    "move",
    "open_of",
    "open_of_sender",
    "open_ticket",
    "urge",
    "withdraw",
]

KINDS = (
    "consultation",
    "complaint",
    "return",
    "exchange",
    "refund",
    "order_change",
    "repair",
    "installation",
    "suggestion",
    "praise",
    "emergency",
    "callback",
)
_DRAWS = 20
"""Numbers drawn before a day counts as full: where 100,000 tickets are made in a day, one draw in 100 is taken."""


async def open_ticket(
    session: WriteSession,
    *,
    key: str,
    kind: str,
    conversation_id: str | None,
    channel: str,
    sender: str,
    fields: dict[str, Any],
    now: datetime,
    why: str,
    weight: str = "general",
    class_: str | None = None,
    state: str = "new",
    phone: str | None = None,
    order_number: str | None = None,
    due_at: datetime | None = None,
    who: str = "bot",
) -> Ticket:
    """Return the ticket of `key`, made now unless it was made before.

    Args:
        key: conversation, kind and id of the confirming message.
        fields: the journey's facts by their contract names; empty ones are left out.
        now: when the confirming message was received.
        why: first line of the history.
        phone: phone whose last four digits prove the ticket; by default that of `fields`.
        order_number: by default that of `fields`.
        due_at: a promise other than the rule's, such as the end of the booked visit.

    Raises:
        ValueError: unknown kind, state or weight.
        TicketExistsError: the matter has its ticket already, or the customer has too many of the day.
    """
    if kind not in KINDS:
        raise ValueError(f"no ticket kind {kind!r}; available: {', '.join(KINDS)}")
    if state not in STATES:
        raise ValueError(f"no ticket state {state!r}; available: {', '.join(STATES)}")
    promised = sla.promise(kind, weight, now)
    kept = {name: value for name, value in fields.items() if value is not None}
    order_number = order_number or kept.get("order")
    values = {
        "key": key,
        "kind": kind,
        "state": state,
        "class": class_,
        "weight": weight,
        "channel": channel,
        "sender": sender,
        "conversation_id": conversation_id,
        "order_number": order_number,
        "phone": phone or kept.get("phone"),
        "fields": kept,
        "created_at": now,
        "first_reply_due_at": promised.first_reply_due_at,
        "due_at": due_at or promised.due_at,
        "solved_at": now if state == "solved" else None,
        "urged": 0,
    }
    if (ticket := await _by_key(session, key)) is not None:
        return ticket
    if who == "bot":
        # What customers ask the bot for is bounded; staff know what they do.
        asker = bounds.Sender(conversation_id, channel, sender)
        await bounds.ensure_allowed(session, kind=kind, fields=kept, order_number=order_number, sender=asker, now=now)
    made = await _insert(session, values)
    ticket = await _by_key(session, key)
    if ticket is None:
        raise RuntimeError(f"ticket {key}: neither made nor found; was it deleted just now?")
    if made:
        _line(session, ticket, who=who, to=state, why=why, now=now, before=None)
        await session.flush()
    return ticket


async def _insert(session: WriteSession, values: dict[str, Any]) -> bool:
    """Insert a ticket under a number that is free; false when its key was there already."""
    day = values["created_at"].astimezone(SHANGHAI).date()
    for _ in range(_DRAWS):
        # The table keeps both unique: on a conflict it is the key that was there, or the number, drawn anew.
        row = insert(session, Ticket).values(number=new_number(day), **values).on_conflict_do_nothing()
        if await session.scalar(row.returning(Ticket.number)) is not None:
            return True
        if await _by_key(session, values["key"]) is not None:
            return False
    raise RuntimeError(f"no free ticket number among {_DRAWS} drawn for {day}: is the day full?")


async def move(session: WriteSession, ticket: Ticket, to: str, *, who: str, why: str, now: datetime) -> None:
    """Bring a ticket into another state and write the line of history.

    Raises:
        TransitionError: the state cannot follow; lists those that can.
    """
    await session.refresh(ticket, with_for_update=True)
    ensure_allowed(ticket.number, ticket.state, to)
    before, ticket.state = ticket.state, to
    if to == "solved":
        ticket.solved_at = now
    elif to == "reopened":
        promised = sla.promise(ticket.kind, ticket.weight, now)
        ticket.solved_at, ticket.due_at = None, promised.due_at
        ticket.first_reply_due_at = promised.first_reply_due_at
    _line(session, ticket, who=who, to=to, why=why, now=now, before=before)
    await session.flush()


async def find(session: ReadSession, number: str) -> Ticket | None:
    """Return the ticket of a number however it was typed, None when there is none."""
    parsed = parse_number(number)
    if parsed is None or not parsed.valid:
        return None
    return await session.get(Ticket, parsed.text)


async def urge(
    session: WriteSession, ticket: Ticket, *, now: datetime, who: str = "customer", why: str = "催单"
) -> None:
    """Raise the weight by a step, bring the promise forward and count the call.

    Raises:
        TransitionError: nothing is left to be done on the ticket.
    """
    await session.refresh(ticket, with_for_update=True)
    if ticket.state not in OPEN:
        raise TransitionError(ticket.number, ticket.state, "urged")
    step = min(sla.WEIGHTS.index(ticket.weight) + 1, len(sla.WEIGHTS) - 1)
    ticket.weight = sla.WEIGHTS[step]
    promised = sla.promise(ticket.kind, ticket.weight, now)
    ticket.due_at = min(ticket.due_at or promised.due_at, promised.due_at)
    ticket.first_reply_due_at = min(ticket.first_reply_due_at or ticket.due_at, promised.first_reply_due_at)
    ticket.urged += 1
    _line(session, ticket, who=who, to=ticket.state, why=why, now=now, before=ticket.state)
    await session.flush()


async def withdraw(session: WriteSession, ticket: Ticket, *, now: datetime, who: str, why: str) -> None:
    """Withdraw a ticket at the customer's wish and give back its booked time.

    Raises:
        TransitionError: the ticket is finished already.
    """
    await move(session, ticket, "withdrawn", who=who, why=why, now=now)
    await booking.cancel(session, ticket_number=ticket.number, now=now)


async def add_note(
    session: WriteSession,
    ticket: Ticket,
    *,
    who: str,
    why: str,
    now: datetime,
    fields: dict[str, Any] | None = None,
    due_at: datetime | None = None,
) -> None:
    """Write a line of history without a change of state, with corrected fields or promise where given."""
    await session.refresh(ticket, with_for_update=True)
    if fields:
        ticket.fields = {name: value for name, value in (ticket.fields | fields).items() if value is not None}
        ticket.phone = fields.get("phone") or ticket.phone
        ticket.order_number = fields.get("order") or ticket.order_number
    if due_at is not None:
        ticket.due_at = due_at
    _line(session, ticket, who=who, to=ticket.state, why=why, now=now, before=ticket.state)
    await session.flush()


async def open_of(session: ReadSession, conversation_id: str) -> list[Ticket]:
    """Return the conversation's tickets on which something is left to be done, newest first."""
    query = (
        select(Ticket)
        .where(Ticket.conversation_id == conversation_id, Ticket.state.in_(OPEN))
        .order_by(*(when.desc() for when in _made()))
    )
    return list(await session.scalars(query))


async def open_of_sender(session: ReadSession, *, channel: str, sender: str) -> list[Ticket]:
    """Return a sender's tickets of all conversations on which something is left to be done, newest first."""
    query = (
        select(Ticket)
        .where(Ticket.channel == channel, Ticket.sender == sender, Ticket.state.in_(OPEN))
        .order_by(Ticket.created_at.desc(), Ticket.number.desc())
    )
    return list(await session.scalars(query))


async def listing(session: ReadSession, *, sender: str | None = None) -> list[Ticket]:
    """Return all tickets, or those of a sender, oldest first."""
    query = select(Ticket).order_by(*_made())
    if sender is not None:
        query = query.where(Ticket.sender == sender)
    return list(await session.scalars(query))


async def histories(session: ReadSession, numbers: Sequence[str]) -> dict[str, list[TicketEvent]]:
    """Return the lines of history of the tickets, each list oldest first."""
    found: dict[str, list[TicketEvent]] = {number: [] for number in numbers}
    for first in range(0, len(numbers), 500):
        some = numbers[first : first + 500]
        query = select(TicketEvent).where(TicketEvent.ticket_number.in_(some)).order_by(TicketEvent.id)
        for line in await session.scalars(query):
            found[line.ticket_number].append(line)
    return found


def as_record(ticket: Ticket, history: Sequence[TicketEvent]) -> dict[str, Any]:
    """Return the ticket as `liyan tickets show --json` prints it."""
    return {
        "number": ticket.number,
        "kind": ticket.kind,
        "state": ticket.state,
        "class": ticket.class_,
        "weight": ticket.weight,
        "channel": ticket.channel,
        "sender": ticket.sender,
        "created_at": ticket.created_at.astimezone(SHANGHAI).isoformat(),
        "due_at": ticket.due_at.astimezone(SHANGHAI).isoformat() if ticket.due_at else None,
        "fields": ticket.fields,
        "history": [
            {
                "at": line.at.astimezone(SHANGHAI).isoformat(),
                "who": line.who,
                "from": line.from_state,
                "to": line.to_state,
                "why": line.why,
            }
            for line in history
        ],
    }


async def _by_key(session: ReadSession, key: str) -> Ticket | None:
    return (await session.scalars(select(Ticket).where(Ticket.key == key))).one_or_none()


def _made() -> tuple[SQLColumnExpression[Any], SQLColumnExpression[Any]]:
    """Return what tickets are sorted by: when they were made, and within one message the order in which they were."""
    first_line = select(func.min(TicketEvent.id)).where(TicketEvent.ticket_number == Ticket.number).scalar_subquery()
    return Ticket.created_at, first_line


def _line(
    session: WriteSession, ticket: Ticket, *, who: str, to: str, why: str, now: datetime, before: str | None
) -> None:
    session.add(TicketEvent(ticket_number=ticket.number, at=now, who=who, from_state=before, to_state=to, why=why))


async def of_order(session: ReadSession, order_number: str) -> list[Ticket]:
    """Return the tickets under an order, newest first."""
    query = select(Ticket).where(Ticket.order_number == order_number)
    return list(await session.scalars(query.order_by(*(when.desc() for when in _made()))))
