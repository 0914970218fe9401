"""Orders: changed and cancelled while they have not left."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
import pytest_asyncio

from bot.desk.database import Database
from bot.desk.models import Order
from bot.desk.orders import orders
from bot.desk.orders.orders import CancelResult

pytestmark = pytest.mark.asyncio

STATES = ("unpaid", "paid", "packed", "shipped", "delivered", "returned", "cancelled")


@pytest_asyncio.fixture
async def numbers(database: Database, now: datetime) -> dict[str, str]:
    """Make an order in each state and return their numbers."""
    async with database.session() as session:
        for place, state in enumerate(STATES):
            session.add(
                Order(
                    number=f"26112300000{place}",
                    customer="林晓梅",
                    phone=f"1380013000{place}",
                    address="浙江省杭州市西湖区文澜路18号",
                    state=state,
                    total=100,
                    ordered_at=now,
                    paid_at=None if state == "unpaid" else now,
                )
            )
    return {state: f"26112300000{place}" for place, state in enumerate(STATES)}


@pytest.mark.parametrize("what", ["address", "time", "invoice"])
@pytest.mark.parametrize("state", STATES)
async def test_change_before_it_left(
    database: Database, numbers: dict[str, str], now: datetime, state: str, what: orders.Change
) -> None:
    """An unshipped order takes the new value; any other says its state as the reason and stays."""
    async with database.session() as session:
        order = await orders.find_order(session, numbers[state])
        assert order is not None
        result = await orders.change_order(session, order, what=what, value=" 新的内容 ", now=now)
    async with database.session() as session:
        order = await orders.find_order(session, numbers[state])
        assert order is not None
        kept = {"address": order.address, "time": order.wished_time, "invoice": order.invoice_title}[what]
    possible = state in ("unpaid", "paid", "packed")
    assert result.changed == possible == (kept == "新的内容")
    assert result.reason == (None if possible else state)


async def test_impossible_changes_raise(database: Database, numbers: dict[str, str], now: datetime) -> None:
    """An empty or overlong value and an unknown field are faults of the caller."""
    async with database.session() as session:
        order = await orders.find_order(session, numbers["paid"])
        assert order is not None
        for value in ("  ", "长" * 201):
            with pytest.raises(ValueError, match="characters"):
                await orders.change_order(session, order, what="address", value=value, now=now)
        with pytest.raises(ValueError, match="available"):
            await orders.change_order(session, order, what="price", value="1", now=now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "result"),
    [
        ("unpaid", CancelResult.CANCELLED),
        ("paid", CancelResult.REFUND),
        ("packed", CancelResult.REFUND),
        ("shipped", CancelResult.SHIPPED),
        ("delivered", CancelResult.SHIPPED),
        ("returned", CancelResult.ALREADY),
        ("cancelled", CancelResult.ALREADY),
    ],
)
async def test_cancel(
    database: Database, numbers: dict[str, str], now: datetime, state: str, result: CancelResult
) -> None:
    """An unpaid order is cancelled, a paid one stopped for a refund, one that left stays; twice is `already`."""
    async with database.session() as session:
        order = await orders.find_order(session, numbers[state])
        assert order is not None
        assert await orders.cancel_order(session, order, now=now) == result
        if result in (CancelResult.CANCELLED, CancelResult.REFUND):
            assert order.state == "cancelled"
            assert await orders.cancel_order(session, order, now=now) == CancelResult.ALREADY
        else:
            assert order.state == state
        assert orders.refund_amount(order) == (0 if state == "unpaid" else 100)


async def test_only_one_of_two_cancels(database: Database, numbers: dict[str, str], now: datetime) -> None:
    """Of two cancellations at once one leads to a refund."""

    async def cancel() -> CancelResult:
        async with database.session() as session:
            order = await orders.find_order(session, numbers["paid"])
            assert order is not None
            return await orders.cancel_order(session, order, now=now)

    assert sorted(await asyncio.gather(cancel(), cancel())) == [CancelResult.ALREADY, CancelResult.REFUND]


async def test_numbers_are_read_sloppily(database: Database, numbers: dict[str, str]) -> None:
    """Blanks, hyphens and full width do not matter."""
    async with database.session() as session:
        assert await orders.find_order(session, "２６１１２３ 000-001") is not None
        assert await orders.find_order(session, "261123999999") is None
