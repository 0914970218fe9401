"""Proof by the last four digits: counted, locked, and silent about which numbers exist."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import event

from bot.desk.database import Database
from bot.desk.models import Order
from bot.desk.orders import proof
from bot.desk.orders.proof import LOCKED_FOR, TRIES, Proof
from bot.desk.sessions import WriteSession
from bot.desk.tickets import tickets

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def order(database: Database, talk: str, now: datetime) -> str:
    """Make an order whose phone ends in 0127 and return its number."""
    async with database.session() as session:
        session.add(
            Order(
                number="261122278690",
                customer="林晓梅",
                phone="13800130127",
                address="浙江省杭州市西湖区文澜路18号",
                state="paid",
                total=100,
                ordered_at=now,
            )
        )
    return "261122278690"


async def attempt(session: WriteSession, number: str, digits: str, now: datetime, talk: str = "t1") -> Proof:
    """Try once."""
    return await proof.check(session, conversation_id=talk, number=number, digits=digits, now=now)


async def test_right_digits_prove(database: Database, order: str, now: datetime) -> None:
    """The right digits prove an order, also written in full width or as the whole phone number."""
    async with database.session() as session:
        for digits in ("0127", "０１２７", "13800130127"):
            assert (await attempt(session, f" {order[:6]} {order[6:]}", digits, now)).ok
        assert await proof.proven(session, conversation_id="t1", number=order)
        assert not await proof.proven(session, conversation_id="t2", number=order)


async def test_a_ticket_is_proven_alike(database: Database, talk: str, now: datetime) -> None:
    """A ticket is proven by the phone it was made with; one without a phone cannot be proven."""
    async with database.session() as session:
        numbers = []
        for phone in ("13800139999", None):
            ticket = await tickets.open_ticket(
                session,
                key=f"k{phone}",
                kind="callback",
                conversation_id="t1",
                channel="rest",
                sender="alice",
                fields={"phone": phone},
                now=now,
                why="留言",
            )
            numbers.append(ticket.number)
        assert (await attempt(session, numbers[0].lower(), "9999", now)).ok
        assert not (await attempt(session, numbers[1], "", now)).ok


async def test_unknown_numbers_look_like_wrong_digits(database: Database, order: str, now: datetime) -> None:
    """The answers to an unknown number and to wrong digits are the same, from the first try to the lock."""
    async with database.session() as session:
        wrong = [await attempt(session, order, "9999", now, "a") for _ in range(TRIES + 1)]
        unknown = [await attempt(session, "269999999999", "9999", now, "b") for _ in range(TRIES + 1)]
    assert wrong == unknown
    assert [answer.tries_left for answer in wrong] == [4, 3, 2, 1, 0, 0]
    assert [answer.locked for answer in wrong] == [False, False, False, False, True, True]


async def test_unknown_numbers_cost_the_same_work(database: Database, order: str, now: datetime) -> None:
    """The same statements run whether the number exists or not, so time does not tell them apart."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    seen = []
    for talk, number in (("a", order), ("b", "269999999999"), ("c", "T269999-99999")):
        event.listen(database.engine.sync_engine, "before_cursor_execute", note)
        async with database.session() as session:
            await attempt(session, number, "9999", now, talk)
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
        seen.append(list(statements))
        statements.clear()
    assert seen[0] == seen[1] == seen[2] != []


async def test_five_wrong_tries_lock_the_conversation(database: Database, order: str, now: datetime) -> None:
    """Tries on different numbers add up; the conversation stays locked, others are not."""
    async with database.session() as session:
        for number in range(TRIES):
            await attempt(session, f"26112200000{number}", "1111", now)
        locked = await attempt(session, order, "0127", now)
        later = await attempt(session, order, "0127", now + timedelta(days=1))
        elsewhere = await attempt(session, order, "0127", now, "t2")
    assert (locked.ok, locked.locked, later.locked, elsewhere.ok) == (False, True, True, True)


async def test_five_wrong_tries_lock_the_number_for_an_hour(database: Database, order: str, now: datetime) -> None:
    """A number guessed at from many conversations is locked for all, for an hour after the fifth try."""
    async with database.session() as session:
        for minute in range(TRIES):
            await attempt(session, order, "1111", now + timedelta(minutes=10 * minute), f"guesser{minute}")
        last = now + timedelta(minutes=40)
        during = await attempt(session, order, "0127", last + LOCKED_FOR - timedelta(seconds=1), "owner")
        after = await attempt(session, order, "0127", last + LOCKED_FOR, "owner")
    assert (during.ok, during.locked, after.ok) == (False, True, True)


async def test_slips_on_a_number_that_was_proven_are_forgiven(database: Database, order: str, now: datetime) -> None:
    """Who mistypes the own digits and then has them right is not locked out at the next slip."""
    async with database.session() as session:
        for _ in range(TRIES - 1):
            await attempt(session, order, "1111", now)
        assert (await attempt(session, order, "0127", now)).ok
        other = await attempt(session, "261122000001", "1111", now)
    assert (other.locked, other.tries_left) == (False, 4)


async def test_no_try_is_lost_when_many_come_at_once(database: Database, order: str, now: datetime) -> None:
    """Of twenty guesses at the same moment only five are compared, whatever conversation they come from."""

    async def guess(number: int) -> Proof:
        async with database.session() as session:
            return await attempt(session, order, f"{number:04d}", now, f"guesser{number}")

    answers = await asyncio.gather(*(guess(number) for number in range(118, 138)))
    compared = [answer for answer in answers if answer.tries_left or answer.ok or answer.locked]
    assert len(compared) == 20
    async with database.session() as session:
        final = await attempt(session, order, "0127", now, "owner")
    assert final.locked
    assert sum(not answer.locked for answer in answers) <= TRIES


async def test_no_try_is_lost_within_one_conversation(database: Database, order: str, now: datetime) -> None:
    """Guesses at different numbers at the same moment lock the conversation all the same."""

    async def guess(number: int) -> Proof:
        async with database.session() as session:
            return await attempt(session, f"2611220000{number:02d}", "1111", now)

    answers = await asyncio.gather(*(guess(number) for number in range(12)))
    assert sum(not answer.locked for answer in answers) == TRIES - 1


async def test_hostile_input_is_a_wrong_try(database: Database, order: str, now: datetime) -> None:
    """Overlong, empty or odd input is counted, not raised."""
    async with database.session() as session:
        for number, digits in (
            ("9" * 500, "1" * 500),
            ("", ""),
            ("订单", "尾号"),
            (order, "\ud800"),
            ("\ud800\x00", "0"),
        ):
            assert not (await attempt(session, number, digits, now, f"h{len(number)}")).ok
