"""One matter has one ticket: bounds on an item of an order, on emergencies, on what one customer may open in a day."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.desk.database import Database
from bot.desk.models import Order, Ticket
from bot.desk.sessions import WriteSession
from bot.desk.tickets import bounds, tickets
from bot.desk.tickets.bounds import OF_SENDER, ON_ITEM, OPEN_ON_ITEM, Sender, TicketExistsError

pytestmark = pytest.mark.asyncio

ORDER = "261122278690"
FRYER = {"order": ORDER, "sku": "AF-1", "reason": "太吵"}
KETTLE = {"order": ORDER, "sku": "KT-2", "reason": "漏水"}


@pytest_asyncio.fixture
async def order(database: Database, talk: str, now: datetime) -> None:
    """Make an order."""
    async with database.session() as session:
        session.add(
            Order(
                number=ORDER,
                customer="林晓梅",
                phone="13800130127",
                address="浙江省杭州市西湖区文澜路18号",
                state="delivered",
                total=100,
                ordered_at=now,
            )
        )


async def make(
    session: WriteSession, key: str, kind: str, fields: dict[str, Any], now: datetime, **more: Any
) -> Ticket:
    """Make a ticket, in conversation t1 unless told otherwise."""
    given: dict[str, Any] = {"conversation_id": "t1", "channel": "rest", "sender": "alice", "why": "测试"}
    return await tickets.open_ticket(session, key=key, kind=kind, fields=fields, now=now, **(given | more))


async def test_a_customer_gives_an_item_back_once(database: Database, order: None, now: datetime) -> None:
    """A second request of a customer for an item is refused and told of the first, whatever is wished and wherever."""
    alice = Sender("t1", "rest", "alice")
    async with database.session() as session:
        first = await make(session, "a", "return", FRYER, now)
        for key, kind in (("b", "return"), ("c", "exchange"), ("d", "refund")):
            with pytest.raises(TicketExistsError) as refused:
                await make(session, key, kind, FRYER, now, conversation_id=None)
            assert refused.value.ticket.number == first.number
        await make(session, "e", "return", KETTLE, now)
        found = await bounds.open_on_item(session, ORDER, "AF-1", sender=alice)
        assert found is not None and found.number == first.number


async def test_many_customers_of_one_item_meet_a_bound(database: Database, order: None, now: datetime) -> None:
    """However many senders ask for the same item, so many tickets are open and no more."""
    async with database.session() as session:
        numbers = set()
        for place in range(OPEN_ON_ITEM + 5):
            with suppress(TicketExistsError):
                numbers.add((await make(session, f"k{place}", "return", FRYER, now, sender=f"s{place}")).number)
        assert len(numbers) == OPEN_ON_ITEM


async def test_the_same_confirmation_is_no_second_request(database: Database, order: None, now: datetime) -> None:
    """An action that runs again finds its own ticket and is not refused."""
    async with database.session() as session:
        first = await make(session, "a", "return", FRYER, now)
        assert (await make(session, "a", "return", FRYER, now)).number == first.number


async def test_what_was_withdrawn_may_be_asked_for_again_but_not_for_ever(
    database: Database, order: None, now: datetime
) -> None:
    """After withdrawing a customer may think again; to and fro ends at the bound, and a month later begins anew."""
    async with database.session() as session:
        for turn in range(ON_ITEM):
            made = await make(session, f"k{turn}", "return", FRYER, now + timedelta(days=turn // 10))
            await tickets.withdraw(session, made, now=now, who="customer", why="不退了")
        with pytest.raises(TicketExistsError):
            await make(session, "more", "return", FRYER, now + timedelta(days=10))
        await make(session, "later", "return", FRYER, now + timedelta(days=60))


async def test_two_conversations_at_once_make_one_request(database: Database, order: None, now: datetime) -> None:
    """Of two confirmations in the same moment one makes the ticket and the other is told of it."""

    async def ask(key: str) -> str:
        async with database.session() as session:
            try:
                return (await make(session, key, "return", FRYER, now)).number
            except TicketExistsError as exists:
                return exists.ticket.number

    numbers = await asyncio.gather(*(ask(f"k{place}") for place in range(5)))
    assert len(set(numbers)) == 1


async def test_a_stranger_cannot_use_up_the_bound_of_an_order(database: Database, order: None, now: datetime) -> None:
    """Complaints name orders without proof: they count for nobody's order."""
    async with database.session() as session:
        for place in range(ON_ITEM):
            await make(session, f"k{place}", "complaint", FRYER, now, sender=f"s{place}")
        await make(session, "own", "return", FRYER, now)


async def test_a_conversation_has_one_live_emergency(database: Database, talk: str, now: datetime) -> None:
    """A second emergency of a conversation is the first one's matter, until that is solved or a day has gone by."""
    async with database.session() as session:
        first = await make(session, "a", "emergency", {"what": "冒烟"}, now)
        with pytest.raises(TicketExistsError) as refused:
            await make(session, "b", "emergency", {"what": "着火了"}, now + timedelta(seconds=5))
        assert refused.value.ticket.number == first.number
        await make(session, "c", "emergency", {"what": "漏气"}, now + timedelta(hours=25))
        await tickets.move(session, first, "solved", who="王", why="处理好了", now=now)
        await make(session, "d", "emergency", {"what": "漏电"}, now + timedelta(hours=60))


async def test_staff_are_not_bounded(database: Database, order: None, now: datetime) -> None:
    """A member of staff may open a second ticket for an item."""
    async with database.session() as session:
        await make(session, "a", "return", FRYER, now)
        await make(session, "b", "return", FRYER, now, who="王")


async def test_one_customer_opens_so_many_in_a_day(database: Database, talk: str, now: datetime) -> None:
    """The bound of the day holds for all kinds but danger, for one customer alone, and until the next day."""
    async with database.session() as session:
        for place in range(OF_SENDER):
            last = await make(session, f"k{place}", "callback", {"what": "回电"}, now + timedelta(minutes=place))
        later = now + timedelta(minutes=OF_SENDER)
        with pytest.raises(TicketExistsError) as refused:
            await make(session, "more", "suggestion", {"what": "建议"}, later)
        assert refused.value.ticket.number == last.number
        await make(session, "danger", "emergency", {"what": "冒烟"}, later)
        await make(session, "other", "callback", {"what": "回电"}, later, sender="bob")
        await make(session, "tomorrow", "callback", {"what": "回电"}, later + timedelta(days=1))
