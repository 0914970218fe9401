"""Personal data is taken out of what models learn from; likeness groups messages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.inbox import likeness
from bot.desk.inbox.masking import PLACEHOLDERS, mask

OWN = {"person": {"诸葛小明"}, "phone": {"13588764021"}, "address": {"幸福小区3号楼1单元501"}}

SECRETS = (
    ("我手机13588764021", "13588764021"),
    ("手机 135-8876-4021 打给我", "4021"),
    ("电话一三五八八七六四零二一", "八八七六四零二一"),
    ("订单261116179793到哪了", "261116179793"),
    ("加我微信 wx_liuqing88", "liuqing88"),
    ("邮箱liuqing@qq.com", "liuqing"),
    ("我叫柳青青，帮我查一下", "柳青青"),
    ("诸葛小明的包裹呢", "诸葛小明"),
    ("寄到幸福小区3号楼1单元501", "501"),
    ("浙A12345停在门口", "12345"),
    ("快递单号SF1234567890123", "1234567890123"),
)


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_personal_data_is_replaced(text: str, secret: str) -> None:
    """Numbers, names, addresses, accounts are gone, whatever was found when the message was understood."""
    assert secret not in mask(text, entities=(), own=OWN)


KEPT = ("空调1299元贵吗", "保修3年还是5年", "云雀X3多少钱", "1.5匹的", "给我退88块", "我叫你们退钱怎么不退")


@pytest.mark.parametrize("text", KEPT)
def test_what_is_nobodys_own_stays(text: str) -> None:
    """Prices, years and models stay as they are."""
    assert mask(text, entities=(), own={}) == text


def test_entities_keep_their_shape() -> None:
    """A name keeps its title, an order number twelve digits, four digits stay four."""
    text = "王女士的订单261116179793尾号2458"
    found = [
        {"entity": "person", "text": "王女士", "start": 0},
        {"entity": "order_number", "text": "261116179793", "start": 6},
        {"entity": "digits", "text": "2458", "start": 20},
    ]
    assert re.fullmatch(r".女士的订单\d{12}尾号\d{4}", mask(text, entities=found, own={}))
    assert "261116179793" not in mask(text, entities=found, own={})


@given(st.text(max_size=60), st.text("0123456789", min_size=11, max_size=19))
def test_no_long_number_survives(text: str, number: str) -> None:
    """Whatever stands around it, a long number never gets through."""
    allowed = {"".join(re.findall(r"\d", one)) for kind in PLACEHOLDERS.values() for one in kind}
    found = mask(f"{text}，{number}，", entities=(), own={})
    assert number not in found or number in allowed


@given(st.lists(st.text("快递到哪了退款没有啊呢吗你好", max_size=8), max_size=20))
def test_every_message_is_in_one_group(texts: list[str]) -> None:
    """Groups hold each message once, and what says the same stands together."""
    groups = likeness.group(texts)
    assert sorted(place for group in groups for place in group) == list(range(len(texts)))
    place_of = {place: number for number, group in enumerate(groups) for place in group}
    for one, text in enumerate(texts):
        for other, second in enumerate(texts):
            if likeness.essence(text) == likeness.essence(second):
                assert place_of[one] == place_of[other]


def test_likeness() -> None:
    """The same words are wholly alike, other words hardly."""
    assert likeness.likeness("快递 到哪了？", "快递到哪了") == 1.0
    assert likeness.likeness("快递怎么还没到", "快递咋还没到呀") > 0.5
    assert likeness.likeness("快递怎么还没到", "发票能开吗") < 0.2
