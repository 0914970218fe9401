"""Offer, take, change and give back the times at which an engineer can come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from bot.desk.models import Booking, ServiceSlot
from bot.desk.sessions import ReadSession, WriteSession
from bot.desk.visits.service_slots import ensure_slots

__all__ = [
    "SlotTaken",
    "booking_of",
    "cancel",
    "ensure_slots",
    "free_slots",
    "planned_slots",
    "rebook",
    "reserve",
    "slot_of",
]


class SlotTaken(RuntimeError):  # noqa: N818 - an outcome that callers handle, named after what happened
    """Raised when a time has no capacity left, has begun, or does not exist."""


async def free_slots(
    session: WriteSession,
    *,
    service: str,
    now: datetime,
    after: datetime | None = None,
    before: datetime | None = None,
    limit: int = 6,
) -> list[ServiceSlot]:
    """Return the next times with capacity left.

    Args:
        service: `repair` or `installation`.
        now: a time that has begun is not offered.
        after: earliest start wished.
        before: latest start wished, itself excluded.
        limit: at most so many.
    """
    query = select(ServiceSlot).where(
        ServiceSlot.service == service,
        ServiceSlot.start_at > now,
        ServiceSlot.taken < ServiceSlot.capacity,
    )
    if after is not None:
        query = query.where(ServiceSlot.start_at >= after)
    if before is not None:
        query = query.where(ServiceSlot.start_at < before)
    return list(await session.scalars(query.order_by(ServiceSlot.start_at).limit(limit)))


async def planned_slots(session: ReadSession, *, service: str, after: datetime, before: datetime) -> list[ServiceSlot]:
    """Return the times of a service that begin in a span, whether or not they are free.

    Args:
        service: `repair` or `installation`.
        after: earliest start.
        before: latest start, itself excluded.
    """
    query = select(ServiceSlot).where(
        ServiceSlot.service == service, ServiceSlot.start_at >= after, ServiceSlot.start_at < before
    )
    return list(await session.scalars(query.order_by(ServiceSlot.start_at)))


async def reserve(session: WriteSession, *, ticket_number: str, slot_id: int, now: datetime) -> Booking:
    """Book a time for a ticket; the same time for the same ticket is booked once.

    Raises:
        SlotTaken: no capacity is left, or the time has begun.
    """
    known = await _locked(session, ticket_number)
    if known is not None and known.state == "booked":
        return await rebook(session, ticket_number=ticket_number, slot_id=slot_id, now=now)
    await _take(session, slot_id, now)
    if known is None:
        known = Booking(ticket_number=ticket_number, slot_id=slot_id, state="booked", created_at=now)
        session.add(known)
    else:
        known.slot_id, known.state, known.changed_at = slot_id, "booked", now
    await session.flush()
    return known


async def rebook(session: WriteSession, *, ticket_number: str, slot_id: int, now: datetime) -> Booking:
    """Move a ticket's visit to another time; the old time is free again.

    Raises:
        SlotTaken: the new time has no capacity left; the old booking stands.
        LookupError: the ticket has no visit booked.
    """
    known = await _locked(session, ticket_number)
    if known is None or known.state != "booked":
        raise LookupError(f"ticket {ticket_number}: no visit booked that could be changed; reserve one")
    if known.slot_id == slot_id:
        return known
    await _take(session, slot_id, now)
    await _give_back(session, known.slot_id)
    known.slot_id, known.changed_at = slot_id, now
    await session.flush()
    return known


async def cancel(session: WriteSession, *, ticket_number: str, now: datetime) -> Booking | None:
    """Give a ticket's time back; None when nothing was booked."""
    known = await _locked(session, ticket_number)
    if known is None or known.state != "booked":
        return None
    await _give_back(session, known.slot_id)
    known.state, known.changed_at = "cancelled", now
    await session.flush()
    return known


async def booking_of(session: ReadSession, ticket_number: str) -> Booking | None:
    """Return the visit booked for a ticket, None when there is none or it was cancelled."""
    query = select(Booking).where(Booking.ticket_number == ticket_number, Booking.state == "booked")
    return (await session.scalars(query)).one_or_none()


async def slot_of(session: ReadSession, booking: Booking) -> ServiceSlot:
    """Return the time of a booking."""
    return await session.get_one(ServiceSlot, booking.slot_id)


async def _locked(session: WriteSession, ticket_number: str) -> Booking | None:
    query = select(Booking).where(Booking.ticket_number == ticket_number).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def _take(session: WriteSession, slot_id: int, now: datetime) -> None:
    """Take one place; the condition stands in the update itself, so two cannot take the last one."""
    taken = await session.execute(
        update(ServiceSlot)
        .where(ServiceSlot.id == slot_id, ServiceSlot.taken < ServiceSlot.capacity, ServiceSlot.start_at > now)
        .values(taken=ServiceSlot.taken + 1)
        .returning(ServiceSlot.id)
        .execution_options(synchronize_session="fetch")
    )
    if taken.first() is None:
        raise SlotTaken(f"service slot {slot_id}: full, begun or unknown; offer free_slots() again")


async def _give_back(session: WriteSession, slot_id: int) -> None:
    await session.execute(
        update(ServiceSlot)
        .where(ServiceSlot.id == slot_id, ServiceSlot.taken > 0)
        .values(taken=ServiceSlot.taken - 1)
        .execution_options(synchronize_session="fetch")
    )
