"""Answers as customers give them: faults, choices among times, questions asked back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from actions.framework.questions.ask_back import asks_reason_for
from actions.framework.questions.contact import refers_to_order, shown_contact
from actions.framework.questions.order import lacks_digits
from actions.journeys.visits.choose_time import visit_time_in
from actions.journeys.visits.offered_times import chooses_slot, chosen_slot
from actions.reading.answers import fault_in, has_defect
from actions.reading.facts import amended_address, digits_in, name_answer, name_in
from actions.reading.message import Message
from actions.reading.turns_of_speech import WAITS
from bot.desk.models import Order, ServiceSlot
from phrasebook.china_time import SHANGHAI

FRIDAY = datetime(2026, 11, 27, tzinfo=SHANGHAI)


def said(text: str, *, intent: str = "inform", **entities: str) -> Message:
    """Return a message in which each entity stands with the words given as its value."""
    found: list[dict[str, Any]] = [
        {"entity": name, "value": value, "start": text.index(value), "end": text.index(value) + len(value)}
        for name, value in entities.items()
    ]
    return Message("m", "c", text, intent, 0.9, (), tuple(found), FRIDAY, "rest", "sender")


def offered() -> list[ServiceSlot]:
    """Return the spans of a Friday and a Saturday as they are offered."""
    starts = [FRIDAY + timedelta(days=day, hours=hour) for day in (0, 1) for hour in (9, 11, 14, 16)]
    return [
        ServiceSlot(id=place, service="repair", start_at=start, end_at=start + timedelta(hours=2), capacity=1, taken=0)
        for place, start in enumerate(starts, 1)
    ]


@pytest.mark.parametrize(
    ("text", "goods", "fault"),
    [
        ("洗衣机坏了", "洗衣机", None),
        ("家里电饭煲坏了要修", "电饭煲", None),
        ("冰箱出故障了", "冰箱", None),
        ("马桶漏水了能来修吗", "马桶", "马桶漏水了"),
        ("电视坏了，一直黑屏", "电视", "一直黑屏"),
        ("空调不制冷，派人来修", "空调", "空调不制冷"),
    ],
)
def test_fault_is_what_is_wrong(text: str, goods: str, fault: str | None) -> None:
    """Being out of order is no fault that an engineer could prepare for; what is asked for is no part of it."""
    assert fault_in(said(text, product=goods)) == fault


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("2点那个", 3),
        ("下午的", 3),
        ("十一点", 2),
        ("16点", 4),
        ("越快越好", 1),
        ("都行", 1),
        ("最晚的", 8),
        ("上午就好", 1),
    ],
)
def test_words_choose_among_times(text: str, place: int) -> None:
    """An hour, a part of the day or “any” names one of the times offered."""
    picked = chosen_slot(said(text), offered())
    assert picked is not None
    assert picked.id == place


@pytest.mark.parametrize("text", ["明天下午", "晚上不行吗，我白天上班", "下周三", "好的"])
def test_another_time_is_no_choice(text: str) -> None:
    """Words that name a day, or an hour at which nobody comes, are a wish of their own."""
    assert not chooses_slot(said(text))
    assert chosen_slot(said(text), offered()) is None


@pytest.mark.parametrize("text", ["就订单上的地址", "跟收货地址一样", "下单的那个", "订单上有"])
def test_contact_may_be_that_of_the_order(text: str) -> None:
    """Who points to the order need not write the address again."""
    assert refers_to_order(said(text), "address")


def test_contact_written_out_counts() -> None:
    """An address that is written out is taken from the words, whatever stands beside it."""
    assert not refers_to_order(said("不是订单上的，送到文三路8号", address="文三路8号"), "address")


def test_contact_of_the_order_is_not_read_out() -> None:
    """What stands on the order is named in a restatement; what the customer gave is repeated."""
    order = Order(number="261127000000", phone="13800001111", address="文三路8号", customer="王芳")
    assert shown_contact("13800001111", order, "phone") == {"phrase": "contact.order_phone"}
    assert shown_contact("13900002222", order, "phone") == "13900002222"
    assert shown_contact("文三路8号", None, "address") == "文三路8号"


@pytest.mark.parametrize("text", ["为什么要订单号？", "你问这个干嘛", "不给电话行不行", "一定要留吗"])
def test_question_asked_back(text: str) -> None:
    """Who asks what a fact is needed for is no customer with another wish."""
    assert asks_reason_for(said(text), "phone")
    assert not asks_reason_for(said(text), "fault")


def test_whole_name_introduced_after_the_surname() -> None:
    """“叫…” after a pause introduces a name."""
    assert name_in(said("我姓段，叫段桂英", person="段桂英")) == "段桂英"


@pytest.mark.parametrize(
    ("text", "times", "wished"),
    [
        ("我明天不在家，换到后天上午行不行", {"明天": (1, 24), "后天上午": (2, 4)}, "后天上午"),
        ("昨天坏的，明天来修", {"昨天": (-1, 24), "明天": (1, 24)}, "明天"),
        ("今晚不行吗", {"今晚": (0, 24)}, "今晚"),
        ("明天要上班", {"明天": (1, 24)}, None),
    ],
)
def test_wished_time_is_the_first_that_suits(text: str, times: dict[str, tuple[int, int]], wished: str | None) -> None:
    """What is past, or said not to suit, is no time wished for a visit."""
    found: list[dict[str, Any]] = []
    for words, (day, hours) in times.items():
        start = FRIDAY + timedelta(days=day)
        span = {"start": start.isoformat(), "end": (start + timedelta(hours=hours)).isoformat(), "words": words}
        at = text.index(words)
        found.append({"entity": "time", "value": span, "start": at, "end": at + len(words)})
    message = Message("m", "c", text, "inform", 0.9, (), tuple(found), FRIDAY + timedelta(hours=6), "rest", "s")
    read = visit_time_in(message)
    assert (read and read["words"]) == wished


@pytest.mark.parametrize(
    ("told", "right"),
    [
        ("地址错了，是1栋302", "人民中路6号1栋302"),
        ("不是1栋，是2号楼301", "人民中路6号2号楼301"),
        ("房号写错了是303", "人民中路6号1栋303"),
        ("电话不对", None),
    ],
)
def test_part_of_an_address_is_put_right(told: str, right: str | None) -> None:
    """Who corrects building or room need not write street and city again."""
    assert amended_address("人民中路6号1栋301", told) == right


@pytest.mark.parametrize(
    ("told", "right"),
    [
        ("地址不对 是46号", "锦月街46号1栋2单元903"),
        ("是3栋", "锦月街45号3栋2单元903"),
        ("应该是3栋不是1栋", "锦月街45号3栋2单元903"),
        ("是3栋1单元201", "锦月街45号3栋1单元201"),
        ("是904室", "锦月街45号1栋2单元904室"),
    ],
)
def test_one_part_of_an_address_takes_its_own_place(told: str, right: str) -> None:
    """What is not told anew stays as it was; more than one part replaces all that follows."""
    assert amended_address("锦月街45号1栋2单元903", told) == right


@pytest.mark.parametrize(
    ("text", "name", "own"),
    [
        ("姓李的女客服挂我电话", "李", None),
        ("安装师傅姓刘，我电话13812345678", "刘", None),
        ("我叫柏思琪", "柏思琪", "柏思琪"),
        ("免贵姓唐", "唐", "唐"),
    ],
)
def test_own_name_is_not_that_of_the_clerk(text: str, name: str, own: str | None) -> None:
    """A name beside a role is that of the person spoken of."""
    phone = {"phone": "13812345678"} if "13812345678" in text else {}
    assert name_in(said(text, person=name, **phone)) == own


@pytest.mark.parametrize(
    ("text", "faulty"),
    [
        ("左边那只有杂音", True),
        ("发来的是38码我订的40码", True),
        ("刻错字了", True),
        ("少了螺丝", True),
        ("做短了30厘米", True),
        ("就是不喜欢", False),
        ("老公买重了", False),
    ],
)
def test_faults_in_many_wordings(text: str, faulty: bool) -> None:
    """Noise, wrong goods, missing parts and work done wrong are faults; a change of mind is none."""
    assert has_defect(text) is faulty


@pytest.mark.parametrize(
    ("text", "lacks"),
    [("不记得了", True), ("尾号是多少我忘了", True), ("刚收到就拆开看了，没吃", False), ("1234", False)],
)
def test_lacking_digits_is_said_of_the_digits(text: str, lacks: bool) -> None:
    """“没” in words about the goods is no refusal to prove the order."""
    assert lacks_digits(said(text)) is lacks


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("改地址 261126340183 1482 改到文三路", "1482"),
        ("261124488105，1664，不要了", "1664"),
        ("261124488105 1664号楼", None),
        ("261124488105取消", None),
    ],
)
def test_digits_behind_an_order_prove_it(text: str, tail: str | None) -> None:
    """Four digits that follow an order's number are its proof, without a word."""
    number = text[4:16] if text.startswith("改") else text[:12]
    assert digits_in(said(text, order_number=number)) == tail


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("喊我老陈就行", "老陈"),
        ("叫我小李就好了", "小李"),
        ("称呼我王姐吧", "王姐"),
    ],
)
def test_how_one_wants_to_be_called_is_a_name(text: str, name: str | None) -> None:
    """Who says how to be called has said a name."""
    assert name_answer(said(text)) == name


@pytest.mark.parametrize(
    ("text", "waits"),
    [("等下 我找找", True), ("稍等", True), ("等下 还是换货吧", False), ("等一下我想改成退货", False)],
)
def test_wait_a_moment_with_another_wish_is_that_wish(text: str, waits: bool) -> None:
    """“Wait” asks for patience, unless another mind follows."""
    assert (WAITS.match(text) is not None) == waits
