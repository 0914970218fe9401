"""Return, exchange and refund: decided by the policy, window by window, with freight and money."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from phrasebook.china_time import SHANGHAI
from tests.dialogue.conftest import Talk
from tests.dialogue.pairs import facts_of, follow
from tests.dialogue.script import order_for

NO_DEFECT, DEFECT = "就是不喜欢", "坏了，开不了机"
GRANTED_FREE = "returns.granted_no_reason_window"
GRANTED_RETURN = "returns.granted_quality_window_return"
TOO_LATE, USED = "returns.refused_too_late", "returns.refused_used_no_defect"

WINDOWS: tuple[tuple[int, str, str, str], ...] = tuple(
    (days, opened, reason, decision)
    for days, outcomes in {
        2: (GRANTED_FREE, USED, GRANTED_RETURN, GRANTED_RETURN),
        5: (GRANTED_FREE, USED, GRANTED_RETURN, GRANTED_RETURN),
        12: (TOO_LATE,) * 4,
        40: (TOO_LATE,) * 4,
        200: (TOO_LATE,) * 4,
        500: (TOO_LATE,) * 4,
    }.items()
    for (reason, opened), decision in zip(
        ((NO_DEFECT, "没拆"), (NO_DEFECT, "拆开用过了"), (DEFECT, "没拆"), (DEFECT, "拆开用过了")),
        outcomes,
        strict=True,
    )
)


@pytest.mark.parametrize(("days", "opened", "reason", "decision"), WINDOWS)
async def test_return_by_window(
    days: int, opened: str, reason: str, decision: str, talk: Talk, shop: dict[str, Any]
) -> None:
    """Days since delivery, opened or not, defect or not decide; freight follows the reason, money the price."""
    facts = facts_of(shop, talk, f"delivered_{days}/phones")
    await follow(
        talk,
        [
            ("订单{order}，尾号{digits}，我要退货", "returns.ask_reason"),
            (reason, "returns.ask_opened"),
            (opened, f"{decision} returns.*"),
        ],
        facts,
    )
    if "refused" in decision:
        assert not await talk.tickets(), talk
        assert any("alternative" in payload for bubble in talk.bubbles for payload in bubble.buttons), talk
        return
    payer = "shop" if reason == DEFECT else "customer"
    await follow(talk, [("对", f"returns.done_return returns.freight_{payer} send.* returns.money")])
    order = order_for(f"delivered_{days}/phones", shop["orders"], datetime.now(SHANGHAI))
    assert order is not None
    ticket = (await talk.tickets())[0]
    fields = ticket["fields"]
    assert (ticket["kind"], fields["order"], fields["freight_paid_by"]) == ("return", facts["order"], payer)
    assert fields["opened"] is (opened != "没拆")
    assert Decimal(fields["amount"]) == Decimal(order["items"][0]["price"])
    assert ("fault" in fields) is (reason == DEFECT)


EXCHANGES = (
    (5, GRANTED_FREE, "没拆", NO_DEFECT, "customer"),
    (5, "returns.granted_quality_window_exchange", "拆开用过了", DEFECT, "shop"),
    (12, "returns.granted_quality_window_exchange", "拆开用过了", DEFECT, "shop"),
)


@pytest.mark.parametrize(("days", "decision", "opened", "reason", "payer"), EXCHANGES)
async def test_exchange_by_window(
    days: int, decision: str, opened: str, reason: str, payer: str, talk: Talk, shop: dict[str, Any]
) -> None:
    """An exchange for a fault is granted for fifteen days; what is wanted instead is asked and recorded."""
    facts = facts_of(shop, talk, f"delivered_{days}/phones")
    await follow(
        talk,
        [
            ("订单{order}，尾号{digits}，我想换货", "returns.ask_reason"),
            (reason, "returns.ask_opened"),
            (opened, "returns.ask_exchange_to"),
            ("同款黑色的", f"{decision} returns.restate_exchange"),
            ("没问题", f"returns.done_exchange returns.freight_{payer} send.* !returns.money"),
        ],
        facts,
    )
    ticket = (await talk.tickets())[0]
    assert ticket["kind"] == "exchange"
    assert ticket["fields"]["exchange_to"] == "同款黑色的"


REFUSALS = (
    ("made_to_order", "delivered_2/custom", "没拆"),
    ("opened_software", "delivered_2/software", "拆了装上了"),
    ("too_late", "delivered_40/phones", "没拆"),
    ("used_no_defect", "delivered_2/phones", "用过两天"),
)


@pytest.mark.parametrize(("reason", "order", "opened"), REFUSALS)
async def test_refusal_has_a_reason_and_alternatives(
    reason: str, order: str, opened: str, talk: Talk, shop: dict[str, Any]
) -> None:
    """What the law excepts is refused with its reason; an appraisal or a person is offered, and the offer works."""
    facts = facts_of(shop, talk, order)
    await follow(
        talk,
        [
            ("订单{order}，尾号{digits}，我要退货，不想要了", "returns.ask_opened"),
            (opened, f"returns.refused_{reason} returns.ask_alternative"),
            ("那帮我鉴定一下吧", "returns.appraisal_done"),
        ],
        facts,
    )
    ticket = (await talk.tickets())[0]
    assert (ticket["kind"], ticket["fields"]["what"]) == ("consultation", "appraisal")


async def test_refused_and_content_with_it(talk: Talk, shop: dict[str, Any]) -> None:
    """Who takes the refusal leaves without a ticket."""
    await follow(
        talk,
        [
            ("订单{order}，尾号{digits}，退货，没拆，不喜欢", "returns.refused_too_late returns.ask_alternative"),
            ("那算了", "returns.refused_end"),
        ],
        facts_of(shop, talk, "delivered_40/phones"),
    )
    assert not await talk.tickets()


async def test_too_late_with_a_defect_becomes_a_repair(talk: Talk, shop: dict[str, Any]) -> None:
    """A defect after the windows is repaired under the warranty, without asking for the order or the fault again."""
    await follow(
        talk,
        [
            (
                "订单{order}，尾号{digits}，开不了机了，用过的，我要退货",
                "returns.refused_too_late returns.ask_alternative",
            ),
            ("那就修吧", "returns.to_repair repair.begin_repair !repair.ask_order !repair.ask_product* !proof.*"),
        ],
        facts_of(shop, talk, "delivered_200/phones"),
    )


async def test_second_return_of_the_order_asks_for_nothing_known(talk: Talk, shop: dict[str, Any]) -> None:
    """Under the same order neither order nor digits nor phone are asked for again; the reason is."""
    orders = [o for o in shop["orders"] if o["state"] == "delivered" and len(o["items"]) > 1]
    now = datetime.now(SHANGHAI)
    order = next(o for o in orders if (now - datetime.fromisoformat(o["delivered_at"])).days <= 6)
    await follow(
        talk,
        [
            ("订单{order}，尾号{digits}，要退货", "order.ask_item"),
            (">1", "returns.ask_reason"),
            ("不喜欢", "returns.ask_opened"),
            ("没拆", "returns.restate_return"),
            ("对", "returns.done_return"),
            (
                "这单里还有一件也要退",
                "returns.ask_reason !order.ask_item !returns.already !returns.ask_order !proof.* !contact.*",
            ),
            ("买重复了", "returns.ask_opened"),
            ("没动过", "returns.restate_return"),
            ("对", "returns.done_return"),
        ],
        {"order": order["number"], "digits": order["phone"][-4:]},
    )
    found = await talk.tickets()
    assert len({ticket["fields"]["sku"] for ticket in found}) == len(found) == 2


async def test_order_that_was_not_delivered_is_not_returned(talk: Talk, shop: dict[str, Any]) -> None:
    """What is under way is told to be refused at the door; what is not shipped is cancelled instead."""
    facts = facts_of(shop, talk, "shipped", "paid")
    await follow(
        talk, [("订单{order}，尾号{digits}，我要退货", "returns.refused_not_delivered returns.refuse_delivery")], facts
    )
    await follow(talk, [("订单{order2}，尾号{digits2}，我要退货", "returns.order_paid order.confirm_cancel")], facts)


async def test_confirming_twice_makes_one_ticket(talk: Talk, shop: dict[str, Any]) -> None:
    """A confirmed form makes exactly one ticket, however often it is confirmed."""
    facts = facts_of(shop, talk, "delivered_2/phones")
    await follow(talk, [("订单{order}，尾号{digits}，退货，没拆，不喜欢", "returns.restate_return")], facts)
    await follow(talk, [("对", "returns.done_return"), ("对", "!returns.*"), ("确认", "!returns.*")], facts)
    assert len(await talk.tickets()) == 1


async def test_fault_is_asked_after_where_it_decides(talk: Talk, shop: dict[str, Any]) -> None:
    """Used goods whose reason leaves it open: a fault is asked after, and told it grants the return."""
    facts = facts_of(shop, talk, "delivered_5/phones")
    await follow(
        talk,
        [
            ("订单{order}，尾号{digits}，我要退货", "returns.ask_reason"),
            ("用着总感觉不大对劲", "returns.ask_opened"),
            ("拆开用了", "returns.ask_faulty !returns.refused_*"),
            (">1", "returns.granted_quality_window_return returns.restate_return"),
        ],
        facts,
    )


async def test_fault_told_after_a_refusal_changes_it(talk: Talk, shop: dict[str, Any]) -> None:
    """Who says after a refusal that the goods are faulty is heard: the decision is made anew."""
    facts = facts_of(shop, talk, "delivered_5/phones")
    await follow(
        talk,
        [
            ("订单{order}，尾号{digits}，我要退货", "returns.ask_reason"),
            (NO_DEFECT, "returns.ask_opened"),
            ("拆开用过了", USED),
            ("其实是屏幕一闪一闪的，质量有问题", "returns.granted_quality_window_return returns.restate_return"),
        ],
        facts,
    )


async def test_request_is_taken_back(talk: Talk, shop: dict[str, Any]) -> None:
    """“撤销退货” behind a return withdraws its ticket; the order stays as it is."""
    facts = facts_of(shop, talk, "delivered_2/phones")
    await follow(
        talk,
        [
            ("订单{order}，尾号{digits}，我要退货", "returns.ask_reason"),
            (NO_DEFECT, "returns.ask_opened"),
            ("没拆", "returns.restate_return"),
            ("对", "returns.done_return"),
            ("撤销退货吧", "progress.confirm_withdraw"),
            ("对", "progress.withdrawn"),
        ],
        facts,
    )
    assert [ticket["state"] for ticket in await talk.tickets()] == ["withdrawn"]
