"""Tickets: one for each confirmation, guarded states, a history that only grows."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot.desk.database import Database
from bot.desk.models import Ticket
from bot.desk.models.ticket import AppendOnlyError
from bot.desk.sessions import WriteSession
from bot.desk.tickets import tickets
from bot.desk.tickets.numbers import new_number, parse_number
from bot.desk.tickets.tickets import TransitionError
from bot.desk.tickets.transitions import ALLOWED, STATES
from bot.desk.visits import booking

pytestmark = pytest.mark.asyncio


async def make(session: WriteSession, now: datetime, key: str = "t1:complaint:m1", **details: Any) -> Ticket:
    """Open a ticket of the conversation `t1`."""
    given: dict[str, Any] = {
        "kind": "complaint",
        "conversation_id": "t1",
        "channel": "rest",
        "sender": "alice",
        "fields": {"what": "送货员态度不好", "phone": "13800130127", "order": None},
        "why": "顾客确认了投诉内容",
    }
    return await tickets.open_ticket(session, key=key, now=now, **(given | details))


async def test_a_new_ticket_has_number_promise_and_history(database: Database, talk: str, now: datetime) -> None:
    """The number is dated, empty fields are left out, the promise is the rule's, the first line tells why."""
    async with database.session() as session:
        ticket = await make(session, now)
        lines = (await tickets.histories(session, [ticket.number]))[ticket.number]
        record = tickets.as_record(ticket, lines)
    parsed = parse_number(ticket.number)
    assert parsed is not None and parsed.valid and parsed.day == now.date()
    assert ticket.phone == "13800130127"
    assert record == {
        "number": ticket.number,
        "kind": "complaint",
        "state": "new",
        "class": None,
        "weight": "general",
        "channel": "rest",
        "sender": "alice",
        "created_at": "2026-11-23T10:00:00+08:00",
        "due_at": "2026-11-23T11:00:00+08:00",
        "fields": {"what": "送货员态度不好", "phone": "13800130127"},
        "history": [
            {"at": "2026-11-23T10:00:00+08:00", "who": "bot", "from": None, "to": "new", "why": "顾客确认了投诉内容"}
        ],
    }


async def test_the_same_key_gives_the_same_ticket(database: Database, talk: str, now: datetime) -> None:
    """An action that runs again, later, finds its ticket and writes no second line."""
    async with database.session() as session:
        first = await make(session, now)
    async with database.session() as session:
        again = await make(session, now + timedelta(minutes=1))
        lines = await tickets.histories(session, [first.number])
    assert again.number == first.number
    assert len(lines[first.number]) == 1


async def test_the_same_key_at_once_gives_one_ticket(database: Database, talk: str, now: datetime) -> None:
    """Two calls at the same time make one ticket with one line of history."""

    async def call() -> str:
        async with database.session() as session:
            return (await make(session, now)).number

    numbers = await asyncio.gather(*(call() for _ in range(6)))
    async with database.session() as session:
        lines = await tickets.histories(session, numbers[:1])
        assert len(await tickets.listing(session)) == 1
    assert len(set(numbers)) == 1
    assert len(lines[numbers[0]]) == 1


async def test_numbers_are_given_out_once(database: Database, talk: str, now: datetime) -> None:
    """Tickets made at the same time get different numbers."""

    async def call(key: int) -> str:
        async with database.session() as session:
            return (await make(session, now, key=f"t1:{key}")).number

    numbers = await asyncio.gather(*(call(key) for key in range(12)))
    assert len(set(numbers)) == 12


async def test_a_number_that_is_taken_is_drawn_anew(
    database: Database, talk: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tickets never share a number, though the same one is drawn; a day without a free one is told."""
    drawn = iter([7, 7, 7, 8, *[8] * 20])
    draw = partial(new_number, draw=lambda _below: next(drawn))
    monkeypatch.setattr(tickets, "new_number", draw)
    async with database.session() as session:
        first, second = await make(session, now, key="t1:a"), await make(session, now, key="t1:b")
        assert (first.number[8:15], second.number[8:15]) == ("0000008", "0000009")
        with pytest.raises(RuntimeError, match="is the day full"):
            await make(session, now, key="t1:c")


async def test_tickets_of_one_message_keep_their_order(database: Database, talk: str, now: datetime) -> None:
    """Tickets made in the same moment are listed in the order in which they were made."""
    async with database.session() as session:
        made = [(await make(session, now, key=f"t1:{key}", order_number="261122278690")).number for key in range(6)]
        assert [ticket.number for ticket in await tickets.listing(session)] == made
        assert [ticket.number for ticket in await tickets.open_of(session, talk)] == made[::-1]
        assert [ticket.number for ticket in await tickets.of_order(session, "261122278690")] == made[::-1]


async def test_the_day_of_a_number_is_the_shops(database: Database, talk: str, now: datetime) -> None:
    """A ticket made after midnight in Shanghai bears the new day, though in UTC it is the old one."""
    late = now.replace(hour=0, minute=30) + timedelta(days=1)
    async with database.session() as session:
        assert (await make(session, late)).number.startswith("T261124-")


@pytest.mark.parametrize(("name", "value"), [("kind", "joke"), ("state", "lost"), ("weight", "huge")])
async def test_unknown_values_are_refused(database: Database, talk: str, now: datetime, name: str, value: str) -> None:
    """A value that the contract does not know raises and lists the known ones."""
    async with database.session() as session:
        with pytest.raises(ValueError, match="available"):
            await make(session, now, **{name: value})


async def test_transitions_are_guarded(database: Database, talk: str, now: datetime) -> None:
    """Each move of the table works and writes a line; each other one raises and lists what is possible."""
    async with database.session() as session:
        for before in STATES:
            for to in STATES:
                ticket = await make(session, now, key=f"{before}>{to}", state=before, who="王")
                if to in ALLOWED[before]:
                    await tickets.move(session, ticket, to, who="clerk", why="测试", now=now)
                    lines = (await tickets.histories(session, [ticket.number]))[ticket.number]
                    assert ticket.state == to
                    assert (lines[-1].from_state, lines[-1].to_state) == (before, to)
                else:
                    with pytest.raises(TransitionError, match="allowed: ") as caught:
                        await tickets.move(session, ticket, to, who="clerk", why="测试", now=now)
                    assert caught.value.allowed == ALLOWED[before]
                    assert ticket.state == before


async def test_two_clerks_cannot_both_move(database: Database, talk: str, now: datetime) -> None:
    """Of two contrary moves at once the second sees the state that the first has made."""
    async with database.session() as session:
        number = (await make(session, now)).number

    async def call(to: str) -> str:
        async with database.session() as session:
            ticket = await tickets.find(session, number)
            assert ticket is not None
            try:
                await tickets.move(session, ticket, to, who="clerk", why="测试", now=now)
            except TransitionError:
                return "refused"
            return to

    outcome = await asyncio.gather(call("withdrawn"), call("withdrawn"))
    assert sorted(outcome) == ["refused", "withdrawn"]


async def test_reopened_is_promised_anew(database: Database, talk: str, now: datetime) -> None:
    """A reopened ticket gets new times, and is not solved any more."""
    later = now + timedelta(days=2)
    async with database.session() as session:
        ticket = await make(session, now, state="solved")
        assert ticket.solved_at == now
        await tickets.move(session, ticket, "reopened", who="customer", why="问题还在", now=later)
        assert ticket.solved_at is None
        assert ticket.due_at is not None and ticket.due_at > later


async def test_find_takes_sloppy_numbers(database: Database, talk: str, now: datetime) -> None:
    """A number is found however it was typed; one with a wrong check digit is not."""
    async with database.session() as session:
        number = (await make(session, now)).number
        found = await tickets.find(session, number.lower().replace("-", " "))
        assert found is not None and found.number == number
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        assert await tickets.find(session, wrong) is None


async def test_urging_raises_and_shortens(database: Database, talk: str, now: datetime) -> None:
    """Each call counts, raises the weight a step up to urgent, and never moves the promise back."""
    async with database.session() as session:
        ticket = await make(session, now, kind="refund")
        seen = []
        for minutes in (1, 2, 3):
            await tickets.urge(session, ticket, now=now + timedelta(minutes=minutes))
            seen.append((ticket.weight, ticket.due_at))
        lines = (await tickets.histories(session, [ticket.number]))[ticket.number]
    assert [weight for weight, _ in seen] == ["major", "urgent", "urgent"]
    assert seen == sorted(seen, key=lambda pair: pair[1] or now, reverse=True)
    assert ticket.urged == 3
    assert [line.why for line in lines[1:]] == ["催单"] * 3


async def test_urging_a_general_complaint_keeps_its_hour(database: Database, talk: str, now: datetime) -> None:
    """A complaint promised within the hour stays so when it turns major, which has longer terms."""
    async with database.session() as session:
        ticket = await make(session, now)
        due = ticket.due_at
        await tickets.urge(session, ticket, now=now)
        assert (ticket.weight, ticket.due_at) == ("major", due)


async def test_a_finished_ticket_cannot_be_urged(database: Database, talk: str, now: datetime) -> None:
    """Nothing is left to hurry on a solved ticket."""
    async with database.session() as session:
        ticket = await make(session, now, state="solved")
        with pytest.raises(TransitionError):
            await tickets.urge(session, ticket, now=now)


async def test_withdrawing_gives_the_time_back(database: Database, talk: str, now: datetime) -> None:
    """A withdrawn repair frees its booked time, and cannot be withdrawn twice."""
    async with database.session() as session:
        await booking.ensure_slots(session, now=now)
        ticket = await make(session, now, kind="repair")
        slot = (await booking.free_slots(session, service="repair", now=now, limit=1))[0]
        await booking.reserve(session, ticket_number=ticket.number, slot_id=slot.id, now=now)
        assert slot.taken == 1
        await tickets.withdraw(session, ticket, now=now, who="customer", why="顾客撤回")
        assert (ticket.state, slot.taken) == ("withdrawn", 0)
        with pytest.raises(TransitionError, match="final"):
            await tickets.withdraw(session, ticket, now=now, who="customer", why="顾客撤回")


async def test_open_tickets_newest_first(database: Database, talk: str, now: datetime) -> None:
    """What is solved, closed or withdrawn is not open."""
    async with database.session() as session:
        for minute, state in enumerate(STATES):
            await make(session, now + timedelta(minutes=minute), key=state, state=state)
        states = [ticket.state for ticket in await tickets.open_of(session, "t1")]
    assert states == ["reopened", "waiting_customer", "in_progress", "accepted", "new"]


async def test_notes_keep_the_state_and_correct_fields(database: Database, talk: str, now: datetime) -> None:
    """A correction changes fields, phone and promise, and stands in the history."""
    async with database.session() as session:
        ticket = await make(session, now)
        due = now + timedelta(days=3)
        await tickets.add_note(
            session, ticket, who="customer", why="更正电话", now=now, fields={"phone": "13800130254"}, due_at=due
        )
    async with database.session() as session:
        again = await tickets.find(session, ticket.number)
        assert again is not None
        lines = (await tickets.histories(session, [again.number]))[again.number]
    assert (again.state, again.phone, again.due_at) == ("new", "13800130254", due)
    assert again.fields == {"what": "送货员态度不好", "phone": "13800130254"}
    assert (lines[-1].from_state, lines[-1].to_state, lines[-1].why) == ("new", "new", "更正电话")


async def test_listing_by_sender(database: Database, talk: str, now: datetime) -> None:
    """A sender's list holds that sender's tickets alone, oldest first."""
    async with database.session() as session:
        await make(session, now, key="a")
        await make(session, now, key="b", sender="bob")
        await make(session, now + timedelta(minutes=1), key="c")
        assert [ticket.key for ticket in await tickets.listing(session, sender="alice")] == ["a", "c"]
        assert len(await tickets.listing(session)) == 3


async def test_history_is_append_only(database: Database, talk: str, now: datetime) -> None:
    """A line of history can be neither changed nor deleted."""
    async with database.session() as session:
        number = (await make(session, now)).number
    with pytest.raises(AppendOnlyError):
        async with database.session() as session:
            (await tickets.histories(session, [number]))[number][0].why = "改写"
    with pytest.raises(AppendOnlyError):
        async with database.session() as session:
            await session.delete((await tickets.histories(session, [number]))[number][0])
    async with database.session() as session:
        assert [line.why for line in (await tickets.histories(session, [number]))[number]] == ["顾客确认了投诉内容"]
