"""The shop's policy on returns, exchanges and repairs."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.models import Order, OrderItem
from bot.desk.orders.return_policy import ReturnDecision, ReturnWish, decide_return, shop_return_policy
from phrasebook.china_time import SHANGHAI

DELIVERED = datetime(2026, 11, 10, 16, 30, tzinfo=SHANGHAI)


def item_of(category: str = "家电", sku: str = "AP-1014", warranty: datetime | None = None) -> OrderItem:
    """Return goods of a category."""
    return OrderItem(
        sku=sku, name="商品", category=category, model=None, price=Decimal("100"), quantity=1, warranty_until=warranty
    )


def ask(
    days: float,
    *,
    wish: ReturnWish = "return",
    opened: bool | None = False,
    defect: bool = False,
    category: str = "家电",
    sku: str = "AP-1014",
    warranty: datetime | None = None,
    state: str = "delivered",
) -> ReturnDecision:
    """Decide `days` after the delivery."""
    delivered = DELIVERED if state in ("delivered", "returned") else None
    order = Order(number="261108000001", state=state, delivered_at=delivered)
    return decide_return(
        policy=shop_return_policy(),
        order=order,
        item=item_of(category, sku, warranty),
        wish=wish,
        opened=opened,
        defect=defect,
        now=DELIVERED + timedelta(days=days),
    )


@pytest.mark.parametrize(
    ("days", "wish", "opened", "defect", "granted", "reason", "payer"),
    [
        (2, "return", False, False, True, "no_reason_window", "customer"),
        (5, "refund", False, False, True, "no_reason_window", "customer"),
        (5, "exchange", False, False, True, "no_reason_window", "customer"),
        (5, "other", None, False, True, "no_reason_window", "customer"),
        (5, "return", True, False, False, "used_no_defect", None),
        (5, "exchange", True, False, False, "used_no_defect", None),
        (12, "return", False, False, False, "too_late", None),
        (12, "exchange", False, False, False, "too_late", None),
        (5, "return", True, True, True, "quality_window_return", "shop"),
        (5, "refund", True, True, True, "quality_window_return", "shop"),
        (5, "exchange", True, True, True, "quality_window_exchange", "shop"),
        (12, "exchange", True, True, True, "quality_window_exchange", "shop"),
        (12, "return", True, True, False, "too_late", None),
        (40, "exchange", True, True, False, "too_late", None),
        (40, "repair", True, True, True, "warranty_repair", "shop"),
        (500, "repair", True, True, True, "paid_repair", "customer"),
        (5, "repair", True, False, False, "no_defect", None),
    ],
)
def test_windows(
    days: int, wish: ReturnWish, opened: bool | None, defect: bool, granted: bool, reason: str, payer: str | None
) -> None:
    """Seven days without a reason, fifteen to exchange, a year of repair (three guarantees)."""
    decision = ask(days, wish=wish, opened=opened, defect=defect)
    assert (decision.granted, decision.reason, decision.freight_paid_by) == (granted, reason, payer)


def test_a_window_counts_whole_calendar_days() -> None:
    """The seventh day after the delivery counts to midnight in Shanghai, whatever the hour of delivery."""
    last = datetime(2026, 11, 17, 23, 59, 59, tzinfo=SHANGHAI)
    inside = (last - DELIVERED) / timedelta(days=1)
    assert ask(inside).granted
    assert ask(inside).window_ends == last
    assert not ask(inside + 2 / 86_400).granted


def test_money_comes_only_with_a_return() -> None:
    """A return tells when the money comes, an exchange does not."""
    assert ask(2).money_days == 3
    assert ask(2, wish="exchange").money_days is None
    assert ask(2, defect=True, wish="refund").money_days == 3


@pytest.mark.parametrize(
    ("category", "sku", "opened", "reason"),
    [
        ("定制", "MO-1004", False, "made_to_order"),
        ("生鲜", "FR-1001", False, "fresh_food"),
        ("软件", "SW-1001", True, "opened_software"),
        ("食品", "FD-1001", True, "opened_food"),
        ("服装", "CL-1009", True, "hygiene"),
        ("图书", "BK-1008", False, "periodical"),
        ("软件", "SW-1001", False, "no_reason_window"),
        ("服装", "CL-1009", False, "no_reason_window"),
        ("图书", "BK-1001", False, "no_reason_window"),
    ],
)
def test_exceptions_of_the_law(category: str, sku: str, opened: bool, reason: str) -> None:
    """Made to order, fresh, opened software and the like are not taken back without a fault, within 7 days."""
    decision = ask(1, category=category, sku=sku, opened=opened)
    assert (decision.granted, decision.reason) == (reason == "no_reason_window", reason)


@pytest.mark.parametrize(("category", "days"), [("定制", 5), ("软件", 5), ("服装", 5), ("图书", 5), ("生鲜", 1)])
def test_a_fault_overrides_the_exceptions(category: str, days: int) -> None:
    """Faulty goods of any kind are taken back at the shop's cost."""
    decision = ask(days, category=category, opened=True, defect=True)
    assert (decision.granted, decision.reason, decision.freight_paid_by) == (True, "quality_window_return", "shop")


def test_faulty_fresh_food_is_shown_not_sent() -> None:
    """Fresh food is decided on photos, within two days."""
    assert ask(1, category="生鲜", defect=True).send == "send.fresh"
    assert not ask(3, category="生鲜", defect=True).granted


@pytest.mark.parametrize(
    ("days", "category", "alternatives"),
    [
        (12, "家电", ("exchange", "repair", "appraisal")),
        (40, "家电", ("repair", "appraisal")),
        (500, "家电", ("paid_repair", "appraisal")),
        (40, "服装", ("appraisal",)),
        (500, "家具", ("repair", "appraisal")),
    ],
)
def test_a_refusal_names_what_remains(days: int, category: str, alternatives: tuple[str, ...]) -> None:
    """A faulty item that is too old to return is exchanged, repaired or inspected as far as it goes."""
    decision = ask(days, category=category, defect=True)
    assert (decision.granted, decision.alternatives, decision.appraisal) == (False, alternatives, True)


def test_the_goods_own_warranty_counts() -> None:
    """A longer warranty on record outlasts the policy's year, a shorter one does not reach it."""
    longer = DELIVERED + timedelta(days=730)
    shorter = DELIVERED + timedelta(days=90)
    assert ask(500, wish="repair", defect=True, warranty=longer).reason == "warranty_repair"
    assert ask(200, wish="repair", defect=True, warranty=shorter).reason == "paid_repair"


@pytest.mark.parametrize(
    ("state", "reason", "alternatives"),
    [
        ("unpaid", "not_delivered", ("cancel",)),
        ("paid", "not_delivered", ("cancel",)),
        ("shipped", "not_delivered", ("refuse_delivery",)),
        ("returned", "already_returned", ()),
        ("cancelled", "cancelled", ()),
    ],
)
def test_only_delivered_goods_come_back(state: str, reason: str, alternatives: tuple[str, ...]) -> None:
    """Before the delivery the order is cancelled or refused at the door; what came back does not come again."""
    decision = ask(1, state=state)
    assert (decision.granted, decision.reason, decision.alternatives) == (False, reason, alternatives)


@given(
    st.floats(min_value=0, max_value=2_000),
    st.sampled_from(["return", "exchange", "refund", "repair", "other"]),
    st.sampled_from([True, False, None]),
    st.booleans(),
    st.sampled_from(["手机", "家电", "服装", "食品", "生鲜", "家具", "图书", "软件", "定制", "没有的类别"]),
)
def test_every_case_is_decided(days: float, wish: ReturnWish, opened: bool | None, defect: bool, category: str) -> None:
    """A grant says who pays and what to send; a refusal has a reason and something to offer; time never helps."""
    decision = ask(days, wish=wish, opened=opened, defect=defect, category=category)
    if decision.granted:
        assert decision.freight_paid_by and decision.send and not decision.alternatives
    else:
        assert decision.alternatives and decision.freight_paid_by is None and decision.money_days is None
    if wish != "repair" and ask(days + 1, wish=wish, opened=opened, defect=defect, category=category).granted:
        assert decision.granted
