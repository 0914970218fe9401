"""Bookings: only free times are offered, none is sold twice."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.desk.database import Database
from bot.desk.models import Booking, ServiceSlot
from bot.desk.tickets import tickets
from bot.desk.visits import booking
from bot.desk.visits.booking import SlotTaken

pytestmark = pytest.mark.asyncio


async def ticket_and_slots(database: Database, now: datetime, count: int) -> tuple[list[str], list[ServiceSlot]]:
    """Return numbers of `count` repair tickets and the repair slots."""
    async with database.session() as session:
        await booking.ensure_slots(session, now=now)
        numbers = []
        for key in range(count):
            ticket = await tickets.open_ticket(
                session,
                key=f"k{key}",
                kind="repair",
                conversation_id="t1",
                channel="rest",
                sender="alice",
                fields={},
                now=now,
                why="报修",
            )
            numbers.append(ticket.number)
        slots = await booking.free_slots(session, service="repair", now=now, limit=100)
    return numbers, slots


async def test_times_are_made_once(database: Database, now: datetime) -> None:
    """Making the times again makes none; the next day adds one day."""
    async with database.session() as session:
        assert await booking.ensure_slots(session, now=now) == 21 * 8
        assert await booking.ensure_slots(session, now=now) == 0
        assert await booking.ensure_slots(session, now=now + timedelta(days=1)) == 8


async def test_nobody_goes_out_on_new_year(database: Database, now: datetime) -> None:
    """On the days that the plan names there are no times."""
    late = now.replace(month=12, day=30)
    async with database.session() as session:
        await booking.ensure_slots(session, now=late, days=4)
        starts = await session.scalars(select(ServiceSlot.start_at))
        days = {start.astimezone(now.tzinfo).date().isoformat() for start in starts}
    assert days == {"2026-12-30", "2026-12-31", "2027-01-02"}


async def test_only_times_to_come_are_offered(database: Database, talk: str, now: datetime) -> None:
    """A time that has begun is not offered; a wish for a span of days is kept."""
    async with database.session() as session:
        await booking.ensure_slots(session, now=now)
        slots = await booking.free_slots(session, service="repair", now=now)
        assert [slot.start_at > now for slot in slots] == [True] * 6
        assert slots[0].start_at.astimezone(now.tzinfo).hour == 11
        after, before = now + timedelta(days=3), now + timedelta(days=4)
        wished = await booking.free_slots(session, service="installation", now=now, after=after, before=before)
        assert wished and all(after <= slot.start_at < before for slot in wished)


async def test_capacity_holds_when_all_come_at_once(database: Database, talk: str, now: datetime) -> None:
    """Of many who book the same time at once, as many succeed as there are places."""
    numbers, slots = await ticket_and_slots(database, now, 8)

    async def book(number: str) -> bool:
        try:
            async with database.session() as session:
                await booking.reserve(session, ticket_number=number, slot_id=slots[0].id, now=now)
        except SlotTaken:
            return False
        return True

    won = await asyncio.gather(*(book(number) for number in numbers))
    async with database.session() as session:
        slot = await session.get_one(ServiceSlot, slots[0].id)
        offered = await booking.free_slots(session, service="repair", now=now)
        booked = await session.scalar(select(func.count()).select_from(Booking))
    assert sum(won) == slot.capacity == slot.taken == booked
    assert slot.id not in [free.id for free in offered]


async def test_the_same_wish_twice_takes_one_place(database: Database, talk: str, now: datetime) -> None:
    """A confirming action that runs again does not take a second place."""
    (number,), slots = await ticket_and_slots(database, now, 1)
    async with database.session() as session:
        first = await booking.reserve(session, ticket_number=number, slot_id=slots[0].id, now=now)
        again = await booking.reserve(session, ticket_number=number, slot_id=slots[0].id, now=now)
        slot = await booking.slot_of(session, again)
    assert (first.id, slot.taken) == (again.id, 1)


async def test_change_frees_the_old_time(database: Database, talk: str, now: datetime) -> None:
    """Another time is taken, the old one is free again."""
    (number,), slots = await ticket_and_slots(database, now, 1)
    async with database.session() as session:
        await booking.reserve(session, ticket_number=number, slot_id=slots[0].id, now=now)
        await booking.rebook(session, ticket_number=number, slot_id=slots[1].id, now=now)
        old, new = [await session.get_one(ServiceSlot, slot.id) for slot in slots[:2]]
        kept = await booking.booking_of(session, number)
    assert (old.taken, new.taken) == (0, 1)
    assert kept is not None and kept.slot_id == slots[1].id


async def test_a_refused_change_keeps_the_booking(database: Database, talk: str, now: datetime) -> None:
    """When the new time is full the old booking stands."""
    numbers, slots = await ticket_and_slots(database, now, slots_needed := 3)
    full = next(slot for slot in slots if slot.capacity < slots_needed)
    other = next(slot for slot in slots if slot.id != full.id)
    async with database.session() as session:
        for number in numbers[: full.capacity]:
            await booking.reserve(session, ticket_number=number, slot_id=full.id, now=now)
        await booking.reserve(session, ticket_number=numbers[-1], slot_id=other.id, now=now)
        with pytest.raises(SlotTaken):
            await booking.rebook(session, ticket_number=numbers[-1], slot_id=full.id, now=now)
        kept = await booking.booking_of(session, numbers[-1])
    assert kept is not None and kept.slot_id == other.id


async def test_cancel_and_book_again(database: Database, talk: str, now: datetime) -> None:
    """A cancelled visit frees its place once; the ticket can be booked again."""
    (number,), slots = await ticket_and_slots(database, now, 1)
    async with database.session() as session:
        await booking.reserve(session, ticket_number=number, slot_id=slots[0].id, now=now)
        assert await booking.cancel(session, ticket_number=number, now=now) is not None
        assert await booking.cancel(session, ticket_number=number, now=now) is None
        assert await booking.booking_of(session, number) is None
        with pytest.raises(LookupError):
            await booking.rebook(session, ticket_number=number, slot_id=slots[1].id, now=now)
        await booking.reserve(session, ticket_number=number, slot_id=slots[1].id, now=now)
        taken = [(await session.get_one(ServiceSlot, slot.id)).taken for slot in slots[:2]]
    assert taken == [0, 1]


async def test_begun_and_unknown_times_are_refused(database: Database, talk: str, now: datetime) -> None:
    """A time that has begun in the meantime, or never was, cannot be booked."""
    (number,), slots = await ticket_and_slots(database, now, 1)
    async with database.session() as session:
        with pytest.raises(SlotTaken):
            await booking.reserve(session, ticket_number=number, slot_id=slots[0].id, now=slots[0].start_at)
        with pytest.raises(SlotTaken):
            await booking.reserve(session, ticket_number=number, slot_id=999_999, now=now)
