"""Proof by the last four digits: counted, locked, and silent about which numbers exist."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event

from bot.desk.database import Database
from bot.desk.models import Conversation, Customer, Order
from bot.desk.orders import proof
from bot.desk.orders.proof import Outcome, Proof
from bot.desk.orders.wrong_tries import BOUNDS
from bot.desk.sessions import WriteSession
from bot.desk.tickets import tickets

pytestmark = pytest.mark.asyncio

WRONG, ASK_PHONE, LOCKED = Outcome.WRONG, Outcome.ASK_PHONE, Outcome.LOCKED
VISITOR, NUMBER, ADDRESS = BOUNDS["visitor"], BOUNDS["number"], BOUNDS["address"]
PAID: dict[str, Any] = {"state": "paid", "total": 100}


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


async def begin(
    session: WriteSession, talk: str, *, address: str | None, now: datetime, customer: str | None = None
) -> None:
    """Begin a conversation of a customer, a new one unless named."""
    if customer is None:
        customer = f"c-{talk}"
        session.add(Customer(id=customer, channel="web", sender=talk, created_at=now))
        await session.flush()
    session.add(
        Conversation(
            id=talk, customer_id=customer, channel="web", sender=talk, network_key=address, created_at=now, last_at=now
        )
    )
    await session.flush()


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
        wrong = [await attempt(session, order, "9999", now, "a") for _ in range(6)]
        unknown = [await attempt(session, "269999999999", "9999", now, "b") for _ in range(6)]
    assert wrong == unknown
    assert [answer.outcome for answer in wrong] == [WRONG] * 4 + [LOCKED] * 2


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


async def test_five_wrong_tries_lock_the_visitor(database: Database, order: str, now: datetime) -> None:
    """Tries on different numbers add up; others are not locked, and the pause has an end that is told."""
    async with database.session() as session:
        for number in range(5):
            await attempt(session, f"26112200000{number}", "1111", now)
        locked = await attempt(session, order, "0127", now)
        elsewhere = await attempt(session, order, "0127", now, "t2")
        later = await attempt(session, order, "0127", now + VISITOR.first)
    assert locked == Proof(LOCKED, now + VISITOR.first)
    assert (elsewhere.ok, later.ok) == (True, True)


async def test_each_further_wrong_try_costs_a_longer_pause(database: Database, order: str, now: datetime) -> None:
    """A visitor who goes on guessing waits twice as long each time; what is tried in a pause is not looked at."""
    pauses = []
    async with database.session() as session:
        for _ in range(4):
            await attempt(session, order, "1111", now)
        for _ in range(4):
            last = await attempt(session, order, "1111", now)
            assert last.until is not None
            assert not (await attempt(session, order, "0127", last.until - timedelta(seconds=1))).ok
            pauses.append(last.until - now)
            now = last.until
    assert pauses == [VISITOR.first * 2**times for times in range(4)]


async def test_wrong_tries_are_forgotten(database: Database, order: str, now: datetime) -> None:
    """One wrong try is forgiven after a time, so that slips of different weeks do not add up."""
    async with database.session() as session:
        for day in range(12):
            answer = await attempt(session, order, "1111", now + timedelta(days=day))
            assert answer.outcome is WRONG


async def test_a_new_conversation_does_not_help(database: Database, order: str, talk: str, now: datetime) -> None:
    """Tries of one visitor add up over their conversations."""
    async with database.session() as session:
        for _ in range(5):
            await attempt(session, "261122000001", "1111", now, "t1")
        (await session.get_one(Conversation, "t1")).ended_at = now
        await session.flush()
        await begin(session, "t9", customer="c1", address=None, now=now)
        assert (await attempt(session, order, "0127", now, "t9")).outcome is LOCKED


async def test_guesses_of_strangers_do_not_lock_the_owner_out(database: Database, order: str, now: datetime) -> None:
    """Where strangers guessed at a number four digits no longer open it, and the whole phone number does."""
    async with database.session() as session:
        for guesser in range(5):
            await attempt(session, order, "1111", now, f"guesser{guesser}")
        digits = await attempt(session, order, "0127", now, "owner")
        wrong = await attempt(session, order, "13900000127", now, "other")
        whole = await attempt(session, order, "138 0013 0127", now, "owner")
        after = await attempt(session, order, "0127", now + NUMBER.first * 4, "someone")
    assert (digits.outcome, wrong.outcome, whole.ok, after.ok) == (ASK_PHONE, WRONG, True, True)


async def test_who_proved_a_number_before_gets_in(database: Database, order: str, now: datetime) -> None:
    """Guesses of strangers do not hold for a visitor who proved this number, or another one of the same phone."""
    async with database.session() as session:
        session.add(
            Order(number="261122278691", phone="13800130127", customer="林", address="杭州", **PAID, ordered_at=now)
        )
        assert (await attempt(session, order, "0127", now, "owner")).ok
        assert (await attempt(session, "261122278691", "0127", now, "relative")).ok
        for guesser in range(30):
            await attempt(session, order, f"13800{guesser:02d}9999", now, f"guesser{guesser}")
        assert (await attempt(session, order, "13800130127", now, "stranger")).outcome is LOCKED
        assert (await attempt(session, order, "0127", now, "owner")).ok
        assert (await attempt(session, order, "0127", now, "relative")).ok


async def test_tries_from_one_address_add_up(database: Database, order: str, talk: str, now: datetime) -> None:
    """Many visitors of one address are refused together; those of another one are not."""
    async with database.session() as session:
        for visitor in range(ADDRESS.free + 1):
            await begin(session, f"v{visitor}", address="a" * 32, now=now)
        await begin(session, "elsewhere", address="b" * 32, now=now)
        answers = [
            await attempt(session, f"2611220000{visitor:02d}", "1111", now, f"v{visitor}")
            for visitor in range(ADDRESS.free)
        ]
        refused = await attempt(session, order, "0127", now, f"v{ADDRESS.free}")
        assert (await attempt(session, order, "0127", now, "elsewhere")).ok
    assert [answer.outcome for answer in answers] == [WRONG] * (ADDRESS.free - 1) + [LOCKED]
    assert refused == Proof(LOCKED, now + ADDRESS.first)


async def test_two_hundred_tries_on_two_hundred_numbers(database: Database, order: str, now: datetime) -> None:
    """Guessing across numbers and visitors is refused early, while the whole phone number still opens one's own."""
    compared = 0
    async with database.session() as session:
        for guess in range(200):
            answer = await attempt(
                session, f"261122{guess:06d}", "0127", now + timedelta(seconds=guess / 7), f"g{guess}"
            )
            compared += answer.outcome is WRONG
        later = now + timedelta(seconds=30)
        assert (await attempt(session, order, "0127", later, "owner")).outcome is ASK_PHONE
        assert (await attempt(session, order, "13800130127", later, "owner")).ok
    assert compared < BOUNDS["all"].free


async def test_slips_on_a_number_that_was_proven_are_forgiven(database: Database, order: str, now: datetime) -> None:
    """Who mistypes the own digits and then has them right is not locked out at the next slip."""
    async with database.session() as session:
        for _ in range(2):
            for _ in range(4):
                await attempt(session, order, "1111", now)
            assert (await attempt(session, order, "0127", now)).ok
        others = [await attempt(session, "261122000001", "1111", now) for _ in range(4)]
    assert [other.outcome for other in others] == [WRONG] * 4


async def test_no_try_is_lost_when_many_come_at_once(database: Database, order: str, now: datetime) -> None:
    """Of twenty guesses at the same moment only five are compared, whatever conversation they come from."""

    async def guess(number: int) -> Proof:
        async with database.session() as session:
            return await attempt(session, order, f"{number:04d}", now, f"guesser{number}")

    answers = await asyncio.gather(*(guess(number) for number in range(118, 138)))
    assert sum(answer.outcome is not ASK_PHONE for answer in answers) <= NUMBER.free
    async with database.session() as session:
        assert (await attempt(session, order, "0127", now, "owner")).outcome is ASK_PHONE


async def test_no_try_is_lost_within_one_conversation(database: Database, order: str, now: datetime) -> None:
    """Guesses at different numbers at the same moment lock the conversation all the same."""

    async def guess(number: int) -> Proof:
        async with database.session() as session:
            return await attempt(session, f"2611220000{number:02d}", "1111", now)

    answers = await asyncio.gather(*(guess(number) for number in range(12)))
    assert sum(answer.outcome is WRONG for answer in answers) == VISITOR.free - 1


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
