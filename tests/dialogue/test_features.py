"""Consultation and orders: what is asked is answered from the shop's data, and what has no answer gets a ticket."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.desk.database import Database
from bot.desk.models import Consultation, Conversation, Order, RestockRequest
from tests.dialogue.conftest import Talk
from tests.dialogue.pairs import Pairs, facts_of, follow

Table = tuple[str, tuple[str, ...], Pairs]

TABLE: tuple[Table, ...] = (
    ("the welcome comes once", (), [("您好", "welcome.first social.greet"), ("在不在", "!welcome.*")]),
    ("the welcome comes before an answer too", (), [("发票咋开", "welcome.first faq_*")]),
    ("goods", (), [("给我讲讲折叠屏手机", "consult.product consult.specs")]),
    (
        "a property of the goods spoken of",
        (),
        [("折叠屏手机怎么样", "consult.product"), ("电池多少毫安", "consult.specs")],
    ),
    ("price", (), [("这个羽绒服得多少钱", "consult.price")]),
    ("price and offers of the goods", (), [("云雀X3现在有啥优惠", "consult.price promotion.*")]),
    ("offers of the shop", (), [("你们最近搞什么促销活动", "consult.promotions promotion.*")]),
    ("stock", (), [("折叠屏手机有没有现货", "consult.in_stock")]),
    ("few are left or many", (), [("长辈手机还有货吗", "consult.in_stock !consult.sold_out*")]),
    (
        "sold out: apology, alternatives, offer",
        (),
        [("碎花连衣裙有现货没", "consult.sold_out_until consult.alternatives consult.offer_restock")],
    ),
    ("sold out: no notice wished", (), [("豆浆机还有货吗", "consult.offer_restock"), ("不用", "consult.no_restock")]),
    ("several fit: asked which", (), [("云雀手机什么价", "consult.ask_which"), (">2", "consult.price")]),
    ("two questions in one message", (), [("想开发票，另外保修多久", "faq_* faq_*")]),
    (
        "a question before another thing is answered behind it",
        (),
        [
            ("空气炸锅卖多少，另外我要投诉，上午送货的把我家门撞坏了", "complaint.apology1"),
            ("算了，不投诉了", "journey.dropped"),
        ],
    ),
    ("invoice", (), [("你们能开专票吗", "faq_*")]),
    ("warranty in general", (), [("家电的保修期有多长", "faq_*")]),
    ("warranty of goods", (), [("折叠屏手机能保几年", "consult.warranty")]),
    ("payment trouble", (), [("钱付不出去，一直提示失败", "faq_*")]),
    ("hours", (), [("周末你们上不上班呀", "faq_*")]),
    ("contact", (), [("给个客服热线号码呗", "faq_*")]),
    ("installation as a question", (), [("煤气灶怎么安装呢", "faq_* !repair.*")]),
    ("freight of a return as a question", (), [("退货运费谁出呀", "faq_* !returns.*")]),
    (
        "usage help with steps, its button typed",
        (),
        [("空调吹出来不凉怎么弄", "consult.self_help help_* repair.ask_solved"), ("已解决", "repair.solved")],
    ),
    (
        "usage help with steps, solved",
        (),
        [("空调吹出来不凉怎么弄", "consult.self_help help_* repair.ask_solved"), ("好了，凉了", "repair.solved")],
    ),
    (
        "usage help, not followed: the steps come again",
        (),
        [
            ("空调吹出来不凉怎么弄", "consult.self_help help_air_conditioner.not_cooling repair.ask_solved"),
            ("没看明白，麻烦再说一遍", "social.repeat help_air_conditioner.not_cooling repair.ask_solved"),
        ],
    ),
    (
        "usage help, not solved: what was told is known",
        (),
        [
            ("空调不制冷了咋办", "consult.self_help help_* repair.ask_solved"),
            ("没用啊", "consult.to_repair repair.ask_order !repair.ask_service !repair.ask_product* !repair.ask_fault"),
        ],
    ),
    (
        "unanswerable",
        (),
        [
            ("云雀X3能连卫星吗", "consult.cannot_answer handoff.ask_phone"),
            ("13955501122", "contact.ask_name"),
            ("俞飞", "handoff.done_consultation"),
        ],
    ),
    (
        "status needs number and digits",
        ("shipped",),
        [
            ("看看我买的东西走到哪里了", "order.ask_number"),
            ("{order}", "proof.ask_digits"),
            ("{digits}", "order.status_shipped"),
            ("那它啥时候能送到", "order.status_shipped !order.ask_number !proof.*"),
        ],
    ),
    ("everything in one message", ("packed",), [("查下订单{order}，手机尾号{digits}", "order.status_packed")]),
    (
        "never the order of somebody else",
        ("shipped", "shipped"),
        [
            ("查物流 {order} 尾号{digits}", "order.status_shipped"),
            ("物流 {order2}", "proof.ask_digits !order.status_*"),
            ("{digits}", "proof.wrong !order.status_*"),
        ],
    ),
    ("state paid", ("paid",), [("查下订单{order} 尾号{digits}", "order.status_paid")]),
    ("state cancelled", ("cancelled",), [("查下订单{order} 尾号{digits}", "order.status_cancelled")]),
    ("state returned", ("returned",), [("查下订单{order} 尾号{digits}", "order.status_returned")]),
    ("state unpaid", ("unpaid",), [("查下订单{order} 尾号{digits}", "order.status_unpaid")]),
    ("state delivered", ("delivered_5",), [("查下订单{order} 尾号{digits}", "order.status_delivered")]),
    (
        "address before shipping",
        ("paid",),
        [
            ("我想把收货地址换一下", "order.ask_number"),
            ("{order}，尾号{digits}", "order.ask_address"),
            ("南京市鼓楼区中山北路200号5幢301室", "order.changed_address"),
        ],
    ),
    (
        "time before shipping, all at once",
        ("packed",),
        [("订单{order}尾号{digits}，送货时间改到周六上午", "order.changed_time !order.ask_time")],
    ),
    (
        "invoice title before shipping",
        ("paid",),
        [("订单{order}尾号{digits}，发票抬头改成杭州远山有限公司", "order.changed_invoice !order.ask_invoice")],
    ),
    (
        "shipped: why not, and an interception",
        ("shipped",),
        [
            ("订单{order}尾号{digits}，我要改收货地址", "order.change_refused_shipped order.ask_intercept"),
            ("好，麻烦了", "order.ask_address"),
            ("南京市鼓楼区中山北路200号5幢301室", "order.intercepting"),
        ],
    ),
    (
        "shipped: no interception",
        ("shipped",),
        [("订单{order}尾号{digits}，我要改收货地址", "order.ask_intercept"), ("那不用了", "order.not_intercepted")],
    ),
    (
        "a question does not end a change",
        ("paid",),
        [
            ("订单{order}尾号{digits}，收货地址要换一个", "order.ask_address"),
            ("顺带问下啥时候能发出来", "order.status_paid order.ask_address"),
            ("苏州市姑苏区十全街77号2幢405室", "order.changed_address"),
        ],
    ),
    (
        "a title that holds a place is a title",
        ("packed",),
        [("订单{order}尾号{digits}，发票抬头换成郑州丰禾路小学", "order.changed_invoice !order.changed_address")],
    ),
    (
        "the state and a title in one message",
        ("shipped",),
        [("订单{order}尾号{digits}，送到没有呀，顺便发票抬头写错了要改", "order.* !system.*")],
    ),
    (
        "to let it be is no consent",
        ("paid",),
        [
            ("{order}这单不想要了，取消掉，尾号{digits}", "order.confirm_cancel"),
            ("那就算了", "order.kept !order.cancelled*"),
        ],
    ),
    (
        "a question in the middle of a cancellation",
        ("paid",),
        [
            ("{order}这单不想要了，取消掉，尾号{digits}", "order.confirm_cancel"),
            ("你们周末上班不", "faq_* back.order order.confirm_cancel"),
            ("先留着吧，不取消了", "order.kept"),
        ],
    ),
    ("another colour before shipping", ("packed",), [("订单{order}尾号{digits}，我想改个颜色", "order.other_goods")]),
    (
        "another colour on the way",
        ("shipped",),
        [("订单{order}尾号{digits}，颜色帮我改成黑的", "order.other_goods_shipped")],
    ),
    (
        "another colour of what has arrived is an exchange",
        ("delivered_5",),
        [("订单{order}尾号{digits}，颜色想改一改", "returns.ask_* !order.ask_change")],
    ),
    ("delivered: no change", ("delivered_5",), [("订单{order}尾号{digits}要改地址", "order.change_refused_delivered")]),
    (
        "cancel unpaid",
        ("unpaid",),
        [
            ("{order}这单我不要了，取消，尾号{digits}", "order.confirm_cancel"),
            ("嗯", "order.cancelled"),
            ("那我的退款呢", "order.money_unpaid"),
        ],
    ),
    (
        "cancel, then not after all",
        ("paid",),
        [("{order}这单取消吧，尾号{digits}", "order.confirm_cancel"), ("先不取消了", "order.kept")],
    ),
    (
        "cancel shipped: a return is offered, then what can be done",
        ("shipped",),
        [
            ("{order}这单取消吧，尾号{digits}", "order.cancel_refused_shipped order.ask_return_instead"),
            ("行", "returns.refuse_delivery"),
        ],
    ),
    (
        "refund under way is known",
        ("paid",),
        [
            ("{order}这单取消吧，尾号{digits}", "order.confirm_cancel"),
            ("对，取消", "order.cancelled_refund"),
            ("退款啥时候能到账啊", "order.money_running"),
        ],
    ),
)


@pytest.mark.parametrize(("name", "orders", "pairs"), TABLE, ids=[line[0] for line in TABLE])
async def test_answers(name: str, orders: tuple[str, ...], pairs: Pairs, talk: Talk, shop: dict[str, Any]) -> None:
    """Each question gets its answer."""
    await follow(talk, pairs, facts_of(shop, talk, *orders))


async def test_welcome_names_the_robot_the_record_and_a_person(talk: Talk) -> None:
    """The welcome says that a robot answers, that the talk is recorded, and how to reach a person."""
    text = (await talk.say("你好呀"))[0].text
    assert "机器人" in text
    assert "记录" in text
    assert "转人工" in text


async def test_wish_for_a_notice_is_stored(talk: Talk, records: Database) -> None:
    """Who wants to be told when goods are back stands in the database with the phone."""
    await follow(
        talk,
        [
            ("云雀Lite卖完了吗", "consult.offer_restock"),
            ("好，到了叫我", "consult.ask_restock_phone"),
            ("13900001188", "consult.restock_noted"),
        ],
    )
    async with records.session() as session:
        query = select(RestockRequest).join(Conversation, Conversation.id == RestockRequest.conversation_id)
        found = (await session.scalars(query.where(Conversation.sender == talk.sender))).one()
    assert (found.sku, found.phone) == ("PH-1003", "13900001188")
    assert not await talk.tickets()


async def test_answered_question_is_recorded_without_a_ticket(talk: Talk, records: Database) -> None:
    """A question that was answered is recorded with its topic; no ticket is made."""
    await talk.say("折叠屏手机多少钱")
    async with records.session() as session:
        query = select(Consultation).join(Conversation, Conversation.id == Consultation.conversation_id)
        found = (await session.scalars(query.where(Conversation.sender == talk.sender))).one()
    assert found.answered
    assert found.subject == "PH-1005"
    assert not await talk.tickets()


async def test_question_without_an_answer_makes_a_ticket_with_a_time(talk: Talk) -> None:
    """What the shop's data cannot answer becomes a consultation ticket that promises a time."""
    await follow(talk, [("云雀X3能连卫星吗", "*"), ("13955501122", "*"), ("俞飞", "handoff.done_consultation")])
    ticket = (await talk.tickets())[0]
    assert ticket["kind"] == "consultation"
    assert datetime.fromisoformat(ticket["due_at"]) > datetime.fromisoformat(ticket["created_at"])
    assert "卫星" in ticket["fields"]["what"]


CHANGES = (
    ("address", "收货地址改成南京市鼓楼区中山北路200号5幢301室", "address", "南京市鼓楼区中山北路200号5幢301室"),
    ("time", "送货时间改到周六上午", "wished_time", "周六上午"),
    ("invoice", "发票抬头改成杭州远山有限公司", "invoice_title", "杭州远山有限公司"),
)


@pytest.mark.parametrize(("what", "said", "column", "value"), CHANGES, ids=[line[0] for line in CHANGES])
async def test_change_stands_in_the_order(
    what: str, said: str, column: str, value: str, talk: Talk, shop: dict[str, Any], records: Database
) -> None:
    """Before shipping the order carries the new value, told back to the customer, with a solved ticket."""
    facts = facts_of(shop, talk, "paid")
    bubbles = await talk.say(f"订单{facts['order']}，尾号{facts['digits']}，{said}")
    ticket = (await talk.tickets())[0]
    async with records.session() as session:
        order = await session.get_one(Order, facts["order"])
        assert getattr(order, column) == value, talk
    assert (ticket["kind"], ticket["state"], ticket["fields"]["what"]) == ("order_change", "solved", what)
    assert value in bubbles[-1].text, talk


async def test_cancelling_a_paid_order_makes_a_refund(talk: Talk, shop: dict[str, Any], records: Database) -> None:
    """A paid order is stopped at once, its money is a refund ticket, and confirming twice makes one ticket."""
    facts = facts_of(shop, talk, "paid")
    pairs = [
        ("{order}取消，尾号{digits}", "order.confirm_cancel"),
        ("是", "order.cancelled_refund"),
        ("是", "!order.*"),
    ]
    await follow(talk, pairs, facts)
    found = await talk.tickets()
    assert [(t["kind"], t["state"], t["fields"]["order"]) for t in found] == [("refund", "new", facts["order"])]
    async with records.session() as session:
        assert (await session.get_one(Order, facts["order"])).state == "cancelled"


async def test_same_answer_for_a_wrong_number_and_wrong_digits(talk: Talk, shop: dict[str, Any]) -> None:
    """Nobody learns from the answer whether a number exists."""
    facts = facts_of(shop, talk, "shipped")
    wrong = "0000" if facts["digits"] != "0000" else "1111"
    await follow(
        talk,
        [
            ("查物流 {order} 尾号" + wrong, "proof.wrong"),
            ("查物流 988877776666 尾号" + wrong, "proof.wrong !order.*"),
        ],
        facts,
    )


async def test_five_wrong_tries_lock_the_conversation(talk: Talk, shop: dict[str, Any]) -> None:
    """After five wrong tries right digits help no more in this conversation; a message can be left."""
    facts = facts_of(shop, talk, "shipped", "paid")
    tries: Pairs = [("查物流 {order}", "proof.ask_digits"), *[(f"000{n}", "proof.wrong") for n in range(1, 5)]]
    await follow(
        talk,
        [
            *tries,
            ("0005", "proof.locked handoff.nobody"),
            ("算了", "*"),
            ("查物流 {order2} 尾号{digits2}", "proof.locked !order.status_*"),
        ],
        facts,
    )


async def test_guesses_of_a_stranger_do_not_lock_the_owner_out(talk: Talk, shop: dict[str, Any]) -> None:
    """Where somebody guessed at a number, its owner is asked for the whole phone number, and gets in by it."""
    facts = facts_of(shop, talk, "delivered_12")
    await follow(talk, [("查物流 {order}", "*"), *[(f"000{n}", "proof.*") for n in range(1, 6)]], facts)
    other = Talk(talk.stack, talk.client, talk.database, f"{talk.sender}-other")
    told: Pairs = [
        ("查下订单{order}，尾号{digits}", "proof.ask_phone !order.status_*"),
        ("{phone}", "order.status_delivered !proof.*"),
    ]
    await follow(other, told, facts)


async def test_a_second_danger_goes_to_the_same_ticket(talk: Talk) -> None:
    """What is told of danger after the emergency was taken down is added to its ticket."""
    await follow(
        talk,
        [
            ("插座着火了，屋里全是烟", "emergency.fire emergency.raised emergency.ask_phone"),
            ("13800138000", "contact.ask_address !emergency.raised"),
            ("杭州市西湖区文三路478号3幢502室", "emergency.noted"),
            ("现在楼道里也冒烟了，着火了", "emergency.fire emergency.raised_already !emergency.raised"),
        ],
    )


async def test_promised_times_lie_ahead(talk: Talk, shop: dict[str, Any]) -> None:
    """The time promised for an interception lies ahead, within a week."""
    facts = facts_of(shop, talk, "shipped")
    pairs = [
        ("订单{order}尾号{digits}改收货地址", "*"),
        ("好", "*"),
        ("南京市鼓楼区中山北路200号5幢301室", "order.intercepting"),
    ]
    await follow(talk, pairs, facts)
    due = datetime.fromisoformat((await talk.tickets())[0]["due_at"])
    assert timedelta(0) < due - datetime.now(due.tzinfo) < timedelta(days=7)


async def test_part_of_an_address_keeps_the_rest(talk: Talk, shop: dict[str, Any], records: Database) -> None:
    """A room told anew, while the change is open, replaces the room and nothing else of the order's address."""
    facts = facts_of(shop, talk, "paid")
    await follow(
        talk,
        [("订单{order}尾号{digits}，我要改地址", "order.ask_address"), ("应该是909室", "order.changed_address")],
        facts,
    )
    async with records.session() as session:
        order = await session.get_one(Order, facts["order"])
    assert order.address == re.sub(r"\d+室$", "909室", facts["address"])
    assert (await talk.tickets())[0]["fields"]["address"] == order.address
