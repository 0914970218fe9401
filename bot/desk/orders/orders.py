"""Find, change and cancel orders. Nothing here lists orders by phone alone: whoever asks must know a number."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from bot.desk.models import Order
from bot.desk.sessions import ReadSession, WriteSession

UNSHIPPED = ("unpaid", "paid", "packed")

type Change = Literal["address", "time", "invoice"]

_COLUMNS: dict[Change, tuple[str, int]] = {
    "address": ("address", 200),
    "time": ("wished_time", 100),
    "invoice": ("invoice_title", 100),
}


ORDER_STATES = ("unpaid", "paid", "packed", "shipped", "delivered", "returned", "cancelled")


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """What came of a wish to change an order.

    Attributes:
        changed: whether the order carries the new value.
        reason: None when changed, else `shipped`, `delivered`, `returned` or `cancelled`.
        before: the value before.
        value: the value wished.
    """

    changed: bool
    reason: str | None
    before: str | None
    value: str


class CancelResult(StrEnum):
    """What came of a wish to cancel an order."""

    CANCELLED = "cancelled"
    """Nothing was paid: done."""
    REFUND = "refund"
    """Paid and not shipped: stopped at once, the money is to be paid back."""
    SHIPPED = "shipped"
    """Under way or delivered: a return can be offered."""
    ALREADY = "already"
    """Was cancelled or returned before."""


def normal_order_number(text: str) -> str:
    """Return an order number without blanks and hyphens, in plain digits."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))


async def find_order(session: ReadSession, number: str) -> Order | None:
    """Return the order of a number, None when there is none."""
    return await session.get(Order, normal_order_number(number))


async def change_order(session: WriteSession, order: Order, *, what: Change, value: str, now: datetime) -> ChangeResult:
    """Write a new address, delivery time or invoice title into an order that is not shipped.

    Raises:
        ValueError: nothing of that name can be changed, or the value is empty or too long.
    """
    if what not in _COLUMNS:
        raise ValueError(f"order {order.number}: cannot change {what!r}; available: {', '.join(_COLUMNS)}")
    column, length = _COLUMNS[what]
    value = value.strip()
    if not 0 < len(value) <= length:
        raise ValueError(f"order {order.number}: {what} has {len(value)} characters; 1 to {length} are possible")
    await session.refresh(order, with_for_update=True)
    before: str | None = getattr(order, column)
    if order.state not in UNSHIPPED:
        return ChangeResult(False, order.state, before, value)
    setattr(order, column, value)
    order.changed_at = now
    await session.flush()
    return ChangeResult(True, None, before, value)


async def cancel_order(session: WriteSession, order: Order, *, now: datetime) -> CancelResult:
    """Cancel an order that is not shipped; a paid one is stopped and its money is to be paid back.

    The caller makes the `refund` ticket: `refund_amount` tells how much.
    """
    await session.refresh(order, with_for_update=True)
    if order.state in ("cancelled", "returned"):
        return CancelResult.ALREADY
    if order.state not in UNSHIPPED:
        return CancelResult.SHIPPED
    result = CancelResult.CANCELLED if order.state == "unpaid" else CancelResult.REFUND
    order.state = "cancelled"
    order.changed_at = now
    await session.flush()
    return result


def refund_amount(order: Order) -> Decimal:
    """Return what was paid for an order: nothing when it was not."""
    return order.total if order.paid_at is not None else Decimal("0.00")
