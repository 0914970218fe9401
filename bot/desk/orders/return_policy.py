"""Decide a wish to return, exchange or have repaired, by the shop's policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from bot.desk.models import Order, OrderItem
from bot.desk.shop.policy_file import ReturnPolicy, ReturnWindows, shop_return_policy
from bot.desk.shop.repair_terms import warranty_state
from phrasebook.china_time import SHANGHAI

__all__ = ["ReturnDecision", "ReturnPolicy", "ReturnWish", "decide_return", "shop_return_policy"]

type ReturnWish = Literal["return", "exchange", "refund", "repair", "other"]


@dataclass(frozen=True, slots=True)
class ReturnDecision:
    """What the policy says.

    Attributes:
        granted: whether the wish is met.
        wish: the wish decided; `other` is decided as a return.
        reason: granted: no_reason_window, quality_window_return, quality_window_exchange, warranty_repair,
            paid_repair; refused: too_late, used_no_defect, opened_software, opened_food, fresh_food,
            made_to_order, hygiene, periodical, no_defect, not_repairable, not_delivered, already_returned, cancelled.
        freight_paid_by: who pays the way back.
        window_ends: last moment of the window that granted it, or that was missed.
        money_days: working days after the goods came back until the money is on its way; None without money.
        alternatives: what can be offered: return, exchange, repair, paid_repair, appraisal, cancel,
            refuse_delivery.
        send: id of the phrase that says what the customer sends; None when nothing is to be sent.
        appraisal: an inspection by our people is offered.
    """

    granted: bool
    wish: ReturnWish
    reason: str
    freight_paid_by: Literal["shop", "customer"] | None = None
    window_ends: datetime | None = None
    money_days: int | None = None
    alternatives: tuple[str, ...] = ()
    send: str | None = None
    appraisal: bool = False


def decide_return(
    *,
    policy: ReturnPolicy,
    order: Order,
    item: OrderItem,
    wish: ReturnWish,
    opened: bool | None,
    defect: bool,
    now: datetime,
    tried: bool = False,
) -> ReturnDecision:
    """Decide one item of an order.

    Days are counted on the calendar from the day after the delivery, in the shop's zone; the last one counts
    whole. Goods of which it is not known whether they were opened are taken as not opened.

    Args:
        policy: of `shop_return_policy()`.
        order: the order, with its state and delivery.
        item: the goods.
        wish: what the customer wants.
        opened: opened or used.
        defect: the goods have a fault.
        now: when the wish was told.
        tried: opened only to look at them or try them on: that is no use, the law lets the customer do so.
    """
    wish = "return" if wish == "other" else wish
    if order.delivered_at is None or order.state != "delivered":
        return _undelivered(order, wish)
    case = _Case(policy, order.delivered_at, item, now)
    if wish == "repair":
        return _repair(case, defect=defect)
    return _defective(case, wish) if defect else _flawless(case, wish, opened=bool(opened), tried=tried)


class _Case:
    """The item with its windows."""

    def __init__(self, policy: ReturnPolicy, delivered_at: datetime, item: OrderItem, now: datetime) -> None:
        self.policy = policy
        self.item = item
        self.delivered_at = delivered_at
        self.now = now
        self.windows: ReturnWindows = policy.windows_of(item.category)

    def ends(self, days: int) -> datetime:
        day = self.delivered_at.astimezone(SHANGHAI).date() + timedelta(days=days)
        return datetime.combine(day, time(23, 59, 59), SHANGHAI)

    def within(self, days: int) -> bool:
        return days > 0 and self.now <= self.ends(days)

    def repairs(self) -> tuple[str, ...]:
        """Return what repair can be offered, none for goods that are not repaired."""
        if not self.windows.repairable:
            return ()
        return ("repair",) if self.in_warranty() else ("paid_repair",)

    def in_warranty(self) -> bool:
        state = warranty_state(self.item, self.now)
        return state == "in" or (state == "unknown" and self.within(self.windows.warranty))


def _undelivered(order: Order, wish: ReturnWish) -> ReturnDecision:
    if order.state == "returned":
        return ReturnDecision(False, wish, "already_returned")
    if order.state == "cancelled":
        return ReturnDecision(False, wish, "cancelled")
    other = "refuse_delivery" if order.state == "shipped" else "cancel"
    return ReturnDecision(False, wish, "not_delivered", alternatives=(other,))


def _repair(case: _Case, *, defect: bool) -> ReturnDecision:
    ends = case.item.warranty_until
    if not case.windows.repairable:
        return ReturnDecision(False, "repair", "not_repairable", alternatives=("appraisal",), appraisal=True)
    if not defect:
        return ReturnDecision(
            False, "repair", "no_defect", window_ends=ends, alternatives=("appraisal",), appraisal=True
        )
    send = case.policy.send.defect
    if case.in_warranty():
        return ReturnDecision(True, "repair", "warranty_repair", "shop", ends, send=send)
    return ReturnDecision(True, "repair", "paid_repair", "customer", ends, send=send, appraisal=True)


def _defective(case: _Case, wish: ReturnWish) -> ReturnDecision:
    """Decide goods with a fault: the shop pays whatever is granted (three guarantees)."""
    windows, policy = case.windows, case.policy
    days = windows.quality_exchange if wish == "exchange" else windows.quality_return
    if case.within(days):
        kind = "exchange" if wish == "exchange" else "return"
        money = None if wish == "exchange" else policy.money_days
        send = policy.send.fresh if windows.photos_only else policy.send.defect
        return ReturnDecision(True, wish, f"quality_window_{kind}", "shop", case.ends(days), money, send=send)
    offers: tuple[str, ...] = ()
    if wish != "exchange" and case.within(windows.quality_exchange):
        offers = ("exchange",)
    return ReturnDecision(
        False,
        wish,
        "too_late",
        window_ends=case.ends(days),
        alternatives=(*offers, *case.repairs(), "appraisal"),
        appraisal=True,
    )


def _flawless(case: _Case, wish: ReturnWish, *, opened: bool, tried: bool) -> ReturnDecision:
    """Decide goods without a fault: within the no-reason window, unused, unless the law excepts them."""
    ends = case.ends(case.windows.no_reason)
    if (code := case.policy.exception(case.item, opened=opened)) is not None:
        return ReturnDecision(False, wish, code, alternatives=("appraisal",), appraisal=True)
    if not case.within(case.windows.no_reason):
        return ReturnDecision(False, wish, "too_late", window_ends=ends, alternatives=("appraisal",), appraisal=True)
    if opened and not tried:
        return ReturnDecision(
            False, wish, "used_no_defect", window_ends=ends, alternatives=("appraisal",), appraisal=True
        )
    money = None if wish == "exchange" else case.policy.money_days
    return ReturnDecision(True, wish, "no_reason_window", "customer", ends, money, send=case.policy.send.no_reason)
