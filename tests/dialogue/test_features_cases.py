"""Complaints, visits, tickets: classed, dated, booked on real times, found again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.desk.database import Database
from bot.desk.models import Booking, ServiceSlot
from phrasebook.china_time import SHANGHAI
from tests.dialogue.conftest import Talk
from tests.dialogue.pairs import Pairs, facts_of, follow
from tests.dialogue.script import Dialogue

COMPLAINTS = (
    ("导购说话阴阳怪气，问她也不理", "service", "general"),
    ("收到的电饭煲内胆全是划痕，像二手的", "product", "general"),
    ("台风天停电，送货拖了十天", "external", "general"),
    ("第三次投诉了，客服每次都推诿", "service", "major"),
    ("送货的动手打人，我已经报警了", "service", "urgent"),
)
ANSWERS = {
    "when": "昨天上午",
    "where": "在家里",
    "who": "没有具体的人",
    "wish": "道歉",
    "order": "没有",
    "name": "姚远",
    "phone": "13822334455",
    "confirmed": "对的",
}


@pytest.mark.parametrize(("what", "class_", "weight"), COMPLAINTS)
async def test_complaint_is_classed_weighed_and_dated(what: str, class_: str, weight: str, talk: Talk) -> None:
    """Cause decides the class, gravity the weight, both the promised time, which lies ahead."""
    await talk.play(Dialogue("", "complaint", "", None, ["我要投诉"], {"what": what, **ANSWERS}, {}))
    assert [bubble.phrase for bubble in talk.bubbles] == [f"complaint.done_{weight}"], talk
    ticket = (await talk.tickets())[0]
    assert (ticket["kind"], ticket["class"], ticket["weight"]) == ("complaint", class_, weight), talk
    assert datetime.fromisoformat(ticket["due_at"]) > datetime.fromisoformat(ticket["created_at"])
    assert ticket["fields"]["what"] == what


async def test_restatement_says_what_was_said(talk: Talk) -> None:
    """The restatement holds the customer's own words, also of the time, and nothing in a machine's writing."""
    said = "投诉，昨天下午在你们门店，收银员少找我五十块，要求退钱，没有订单，我叫姚远，13822334455"
    await follow(talk, [(said, "complaint.restate")])
    text = talk.bubbles[-1].text
    assert "昨天下午" in text
    assert "T1" not in text
    assert "+08:00" not in text


async def test_second_complaint_asks_its_own_facts(talk: Talk) -> None:
    """What happened is asked anew, who speaks and how to reach them is not."""
    said = "投诉，昨天下午在你们门店，收银员少找我五十块，要求退钱，没有订单，我叫姚远，13822334455"
    await follow(
        talk,
        [
            (said, "complaint.restate"),
            ("对", "complaint.done_*"),
            ("我还要投诉另一件事", "complaint.ask_what"),
            ("门框叫人撞坏了", "complaint.ask_when"),
            ("前天", "complaint.ask_where"),
            ("楼梯口", "complaint.ask_who"),
            ("两个送货师傅", "complaint.ask_wish"),
            ("赔钱", "complaint.ask_order !contact.*"),
            ("没有", "complaint.restate !contact.*"),
            ("对", "complaint.done_*"),
        ],
    )
    found = await talk.tickets()
    assert len(found) == 2
    assert {ticket["fields"]["phone"] for ticket in found} == {"13822334455"}


TO_SLOT: Pairs = (
    ("净水器不出水了，约人来修", "repair.begin_repair repair.self_help help_* repair.ask_solved"),
    ("弄过了还是不行", "repair.ask_order"),
    ("单号找不到了", "repair.fee_unknown"),
    ("同意", "contact.ask_name"),
    ("邱岳", "contact.ask_phone"),
    ("13766778899", "contact.ask_address"),
    ("杭州市滨江区滨盛路88号3幢602室", "repair.ask_slot"),
)


async def _slot_of(records: Database, number: str) -> tuple[ServiceSlot, Booking]:
    async with records.session() as session:
        booking = (await session.scalars(select(Booking).where(Booking.ticket_number == number))).one()
        return await session.get_one(ServiceSlot, booking.slot_id), booking


async def test_visit_is_booked_changed_and_cancelled(talk: Talk, records: Database) -> None:
    """Self-help and fee come before the times; the slot is taken, moved and given back."""
    await follow(talk, [*TO_SLOT, (">2", "repair.restate_repair"), ("对", "repair.done_repair repair.before_visit")])
    ticket = (await talk.tickets())[0]
    first, booking = await _slot_of(records, ticket["number"])
    assert (ticket["kind"], booking.state) == ("repair", "booked")
    assert datetime.fromisoformat(ticket["fields"]["slot_start"]) == first.start_at
    assert first.start_at > datetime.now(first.start_at.tzinfo)
    assert 1 <= first.taken <= first.capacity
    await follow(talk, [("上门时间想换一个", "repair.ask_slot"), (">4", "progress.visit_changed")])
    second, _ = await _slot_of(records, ticket["number"])
    assert second.id != first.id
    assert datetime.fromisoformat((await talk.tickets())[0]["fields"]["slot_start"]) == second.start_at
    await follow(
        talk, [("不用师傅来了，取消预约", "progress.confirm_cancel_visit"), ("对", "progress.visit_cancelled")]
    )
    last, booking = await _slot_of(records, ticket["number"])
    assert (last.taken, booking.state) == (second.taken - 1, "cancelled")
    assert (await talk.tickets())[0]["state"] == "withdrawn"


async def test_full_time_is_not_promised(talk: Talk, records: Database) -> None:
    """A wished day on which all is full is said to be full, and free times are offered."""
    day = datetime.now(SHANGHAI).date() + timedelta(days=3)
    start = datetime.combine(day, datetime.min.time(), SHANGHAI)
    async with records.session() as session:
        full = update(ServiceSlot).where(
            ServiceSlot.start_at >= start, ServiceSlot.start_at < start + timedelta(days=1)
        )
        await session.execute(full.values(taken=ServiceSlot.capacity))
    await follow(talk, [*TO_SLOT, (f"{day.month}月{day.day}日下午", "repair.time_full repair.ask_slot")])


async def test_time_taken_meanwhile_is_asked_anew(talk: Talk, records: Database) -> None:
    """Between choice and confirmation somebody else took the last place: no ticket, other times."""
    await follow(talk, [*TO_SLOT, (">1", "repair.restate_repair")])
    async with records.session() as session:
        await session.execute(update(ServiceSlot).values(taken=ServiceSlot.capacity).where(ServiceSlot.id > 0))
        free = (await session.scalars(select(ServiceSlot).order_by(ServiceSlot.start_at.desc()).limit(3))).first()
        assert free is not None
        free.taken = 0
    await follow(talk, [("对", "repair.slot_taken")])
    assert not await talk.tickets()


async def test_fee_refused_books_nothing(talk: Talk) -> None:
    """Who does not agree to the fee is not booked."""
    await follow(talk, [*TO_SLOT[:3], ("太贵了，不修了", "journey.dropped !repair.done*")])
    assert not await talk.tickets()


async def test_in_warranty_costs_nothing(talk: Talk, shop: dict[str, Any]) -> None:
    """Under an order in the warranty no fee is asked for; out of it the fee is told and agreed to."""
    facts = facts_of(shop, talk, "delivered_40/appliances", "delivered_500/appliances")
    await follow(
        talk,
        [
            ("{product}坏了要报修，订单{order}，尾号{digits}", "repair.begin_repair"),
            ("打不开，没反应", "*"),
        ],
        facts,
    )
    said = {line.split("[")[-1].rstrip("]") for line in talk.lines if "[" in line}
    if "repair.ask_solved" in said:
        await follow(talk, [("试了，不行", "repair.in_warranty !repair.fee_*")])
    else:
        assert "repair.in_warranty" in said, talk


TICKETS: Pairs = (
    ("你们应该在周末也送货，提个建议", "feedback.suggestion"),
    ("我的建议处理到哪一步了", "progress.state_new"),
    ("快点处理啊，催一催", "progress.urged"),
    ("撤销吧", "progress.confirm_withdraw"),
    ("对，撤回", "progress.withdrawn"),
    ("我那个建议现在什么情况", "progress.*"),
)


async def test_own_ticket_is_told_urged_and_withdrawn(talk: Talk) -> None:
    """The conversation's own ticket needs no number."""
    await follow(talk, TICKETS)
    ticket = (await talk.tickets())[0]
    assert ticket["state"] == "withdrawn"
    assert [line["to"] for line in ticket["history"]][-1] == "withdrawn"


async def test_ticket_of_another_day_by_number_and_digits(talk: Talk) -> None:
    """Elsewhere a ticket is told only with the last four digits; a mistyped number is recognised as such."""
    await follow(
        talk, [("转人工", "handoff.*"), ("发票寄丢了", "*"), ("13766778800", "*"), ("邱岳", "handoff.done_callback")]
    )
    number = (await talk.tickets())[0]["number"]
    last = str((int(number[-1]) + 1) % 10)
    other = Talk(talk.stack, talk.client, talk.database, f"{talk.sender}-other")
    await follow(
        other,
        [
            ("查一下工单进度", "progress.ask_number"),
            (number[:-1] + last, "progress.mistyped !proof.*"),
            (number.lower(), "proof.ask_digits"),
            ("0001", "proof.wrong !progress.*"),
            ("8800", "progress.state_new"),
            ("帮我催催", "progress.urged !proof.*"),
            ("这个工单撤了吧", "progress.confirm_withdraw"),
            ("嗯", "progress.withdrawn"),
        ],
    )


async def test_nobody_on_duty_takes_a_message(talk: Talk) -> None:
    """转人工 says that nobody is there, takes a message and promises a time."""
    await follow(
        talk,
        [
            ("我要转人工", "handoff.nobody handoff.ask_message"),
            ("积分少了两千", "handoff.ask_phone"),
            ("13766778811", "contact.ask_name"),
            ("姓邱", "handoff.done_callback"),
        ],
    )
    ticket = (await talk.tickets())[0]
    assert (ticket["kind"], ticket["fields"]["what"]) == ("callback", "积分少了两千")
    assert datetime.fromisoformat(ticket["due_at"]) > datetime.fromisoformat(ticket["created_at"])
