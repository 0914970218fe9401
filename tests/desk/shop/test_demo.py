"""The demo shop: what it promises a newcomer, and reloading while the product runs."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.desk.database import Database
from bot.desk.models import Conversation, Order, ServiceSlot, Ticket
from bot.desk.shop import demo
from bot.desk.tickets import tickets
from bot.desk.visits import booking
from bot.settings import ROOT

pytestmark = pytest.mark.asyncio
PACK = ROOT / "bot" / "packs" / "retail"


@pytest_asyncio.fixture
async def shop(database: Database, talk: str, now: datetime) -> dict[str, Any]:
    """Load the demo shop and return its listing."""
    async with database.session() as session:
        assert await demo.is_empty(session)
        await demo.reset(session, pack_folder=PACK, now=now)
        assert not await demo.is_empty(session)
        return await demo.listing(session, now)


async def test_the_listing_has_the_promised_shape(shop: dict[str, Any]) -> None:
    """The keys are those of the interface, in full."""
    assert set(shop) == {"orders", "products", "shop"}
    assert set(shop["shop"]) == {"name", "phone", "hours", "promotions"}
    for order in shop["orders"]:
        assert set(order) == {
            *("number", "phone", "customer", "address", "state"),
            *("ordered_at", "shipped_at", "delivered_at", "warranty_until", "items"),
        }
        assert len(order["number"]) == 12 and order["number"].isdigit()
        assert order["number"][:6] == f"{datetime.fromisoformat(order['ordered_at']):%y%m%d}"
        for item in order["items"]:
            assert set(item) == {"sku", "product", "category", "model", "price", "quantity"}
    for product in shop["products"]:
        assert set(product) == {"sku", "name", "category", "model", "price", "stock", "promotion"}


async def test_there_is_enough_of_each(shop: dict[str, Any], now: datetime) -> None:
    """40 orders, 60 goods, several of each state and of each window of the policy."""
    assert len(shop["orders"]) >= 40
    assert len(shop["products"]) >= 60
    states = [order["state"] for order in shop["orders"]]
    assert all(states.count(state) >= 4 for state in ("unpaid", "paid", "packed", "shipped"))
    assert all(states.count(state) >= 2 for state in ("returned", "cancelled"))
    ages = [
        (now.date() - datetime.fromisoformat(order["delivered_at"]).date()).days
        for order in shop["orders"]
        if order["state"] == "delivered"
    ]
    assert all(ages.count(days) >= 4 for days in (2, 5, 12, 40, 200, 500))
    assert sum(days <= 7 for days in ages) >= 4
    assert sum(7 < days <= 15 for days in ages) >= 4
    assert sum(product["stock"] == 0 for product in shop["products"]) >= 5


async def test_times_are_in_their_order(shop: dict[str, Any], database: Database, now: datetime) -> None:
    """Ordered, paid, shipped, delivered follow one another, and nothing has happened in the future."""
    async with database.session() as session:
        for order in await session.scalars(select(Order)):
            known = [
                moment
                for moment in (order.ordered_at, order.paid_at, order.shipped_at, order.delivered_at)
                if moment is not None
            ]
            assert known == sorted(known) and known[-1] <= now, order.number
            if order.state == "shipped":
                assert order.arrives_by is not None and order.arrives_by > now
                assert order.carrier and order.tracking and order.last_place
            if order.state in ("paid", "packed"):
                assert order.ships_by is not None and order.ships_by > now


@pytest.mark.parametrize("hour", [0, 7, 12, 23])
async def test_loaded_at_any_hour(database: Database, now: datetime, hour: int) -> None:
    """Shortly after midnight or before it the orders fit together as well."""
    moment = now.replace(hour=hour, minute=5)
    async with database.session() as session:
        await demo.reset(session, pack_folder=PACK, now=moment)
        for order in await session.scalars(select(Order)):
            assert order.ordered_at <= moment
            assert order.number.startswith(f"{order.ordered_at.astimezone(now.tzinfo):%y%m%d}")
            assert order.paid_at is None or order.ordered_at <= order.paid_at <= moment


async def test_in_and_out_of_warranty(shop: dict[str, Any], now: datetime) -> None:
    """There are delivered appliances on both sides of their warranty."""
    ends = [
        datetime.fromisoformat(order["warranty_until"])
        for order in shop["orders"]
        if order["warranty_until"] and order["items"][0]["category"] in ("家电", "手机")
    ]
    assert sum(end > now for end in ends) >= 4
    assert sum(end < now for end in ends) >= 4


async def test_reset_keeps_talks_and_tickets(shop: dict[str, Any], database: Database, now: datetime) -> None:
    """Conversations, tickets and booked visits stay; the shop is as new."""
    async with database.session() as session:
        ticket = await tickets.open_ticket(
            session,
            key="k",
            kind="repair",
            conversation_id="t1",
            channel="rest",
            sender="alice",
            fields={},
            now=now,
            why="报修",
        )
        slot = (await booking.free_slots(session, service="repair", now=now, limit=1))[0]
        await booking.reserve(session, ticket_number=ticket.number, slot_id=slot.id, now=now)
        order = await session.get_one(Order, shop["orders"][0]["number"])
        order.address = "改过的地址"
    async with database.session() as session:
        await demo.reset(session, pack_folder=PACK, now=now)
        again = await demo.listing(session, now)
        kept = await booking.booking_of(session, ticket.number)
        slots = await session.scalar(select(func.count()).select_from(ServiceSlot))
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 1
        assert await session.scalar(select(func.count()).select_from(Ticket)) == 1
        assert kept is not None and (await booking.slot_of(session, kept)).taken == 1
    assert again == shop
    assert slots == 21 * 8


async def test_readers_see_the_old_shop_or_the_new_one(shop: dict[str, Any], database: Database, now: datetime) -> None:
    """While the shop is loaded again nobody finds it empty."""

    async def read() -> int:
        async with database.session() as session:
            return len((await demo.listing(session, now))["orders"])

    async def load() -> None:
        async with database.session() as session:
            await demo.reset(session, pack_folder=PACK, now=now + timedelta(days=1))

    counts = await asyncio.gather(read(), load(), read(), read())
    assert {count for count in counts if count is not None} == {len(shop["orders"])}
