"""Entities: what is found in a message and with which value."""
# ruff: noqa: E501 (a row of a table of sentences stays one row)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from bot.engine.nlu.entities.answers import find_answers
from bot.engine.nlu.entities.defects import find_defects
from bot.engine.nlu.entities.money import find_amounts
from bot.engine.nlu.entities.numbers import find_numbers

Read = Callable[..., "list[dict[str, Any]]"]
CHECKED = "2611220017" + mod_11_10.calc_check_digit("2611220017")
TICKET = f"T{CHECKED[:6]}-{CHECKED[6:]}"

SAID = [
    ("我叫王芳，电话13812345678", {"person": "王芳", "phone": "13812345678"}),
    ("收货人李小明 浙江省杭州市滨江区江南大道228号", {"person": "李小明", "address": "浙江省杭州市滨江区江南大道228号"}),
    ("地址杭州市西湖区文三路478号3幢502室", {"address": "杭州市西湖区文三路478号3幢502室"}),
    ("我住文三路478号", {"address": "文三路478号"}),
    ("万科城市花园8号楼2单元301", {"address": "万科城市花园8号楼2单元301"}),
    ("我是王先生", {"person": "王先生"}),
    ("我姓段，叫段桂英", {"person": "段桂英"}),
    ("免贵姓段，名桂英", {"person": "段桂英"}),
    ("我姓王，王女士", {"person": "王女士"}),
    ("空调不制冷了", {"product": "空调", "defect": "不制冷了"}),
    ("订单261103004217", {"order_number": "261103004217"}),
    ("2611 0300 4217", {"order_number": "261103004217"}),
    ("138-1234-5678", {"phone": "13812345678"}),
    ("幺三八一二三四五六七八", {"phone": "13812345678"}),
    ("0571-88886666", {"phone": "0571-88886666"}),
    ("１３８１２３４５６７８", {"phone": "13812345678"}),
    ("尾号4217", {"digits": "4217"}),
    ("4217", {"digits": "4217"}),
    ("退我20块钱", {"amount": "20.00"}),
    ("三块五", {"amount": "3.50"}),
    ("花了1.2万元", {"amount": "12000.00"}),
    ("型号是AP300-X", {"model": "AP300-X"}),
    ("炸锅坏了", {"product": "AP-1", "defect": "坏了"}),
    ("工单T261122-48301753到哪了", {"ticket_number": "T261122-48301753"}),
    ("t261122 48301753催一下", {"ticket_number": "T261122-48301753"}),
    ("26112248301753", {"ticket_number": "T261122-48301753"}),
    ("261122-48301753", {"ticket_number": "T261122-48301753"}),
    ("单号T261122-48301753，尾号4217", {"ticket_number": "T261122-48301753", "digits": "4217"}),
    ("T261118-00427", {"ticket_number": "T261118-00427"}),
    ("第二个", {"choice": 2}),
    ("给5分", {"rating": 5}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), SAID, ids=[text for text, _ in SAID])
def test_entities_of_a_message(read: Read, text: str, wanted: dict[str, Any]) -> None:
    """The entities of a message come with their normalised values."""
    assert {one["entity"]: one["value"] for one in read(text)} == wanted


@pytest.mark.parametrize(
    "text",
    [
        "两块手表",
        "我们一块去",
        "安装师傅说不能装",
        "发到北京多少钱",
        "师傅什么时候来",
        "买了2020款",
        "好的",
        "他姓什么",
    ],
)
def test_nothing_to_find(read: Read, text: str) -> None:
    """Words that only look like an amount, a name or an address are none."""
    assert [one for one in read(text) if one["entity"] not in {"product"}] == []


@pytest.mark.parametrize("typed", [TICKET, TICKET.replace("-", ""), TICKET.lower(), TICKET.replace("-", " "), CHECKED])
def test_ticket_however_typed(read: Read, typed: str) -> None:
    """A ticket's number is recognised with and without hyphen, blank, capital and T."""
    (found,) = read(f"工单{typed}")
    assert (found["entity"], found["value"]) == ("ticket_number", TICKET)
    assert "valid" not in found


@given(st.dates(), st.integers(0, 9999), st.integers(1, 9))
def test_wrong_check_digit_is_told(day: Any, sequence: int, off: int) -> None:
    """One wrong digit at the end of a ticket's number is noticed."""
    body = f"{day:%y%m%d}{sequence:04d}"
    wrong = (int(mod_11_10.calc_check_digit(body)) + off) % 10
    (found,) = find_numbers(f"t{body}{wrong}")
    assert found.more == {"valid": False}


def test_bare_number_after_the_rating_was_asked(read: Read) -> None:
    """“5” is a rating when one was asked for, else a choice."""
    assert [one["entity"] for one in read("5", asked="score")] == ["rating"]
    assert [one["entity"] for one in read("5")] == ["choice"]


def test_bare_name_when_asked(read: Read) -> None:
    """A name alone is a person when the name was asked for."""
    assert [one["value"] for one in read("欧阳娜娜", asked="name")] == ["欧阳娜娜"]


def test_one_word_for_several_products(read: Read) -> None:
    """A word that two products share keeps both, and its own text as the value."""
    (found,) = read("冰箱")
    assert found["value"] == "冰箱"
    assert found["skus"] == ["AP-2", "AP-3"]


def test_spans_lie_in_the_original(read: Read) -> None:
    """Spans count the characters the customer typed, wide and invisible ones included."""
    text = "電話\u200b：１３８１２３４５６７８，謝謝"
    (found,) = read(text)
    assert text[found["start"] : found["end"]] == "１３８１２３４５６７８"


@given(st.text(max_size=80))
def test_any_text_is_searched(text: str) -> None:
    """No text makes an extractor raise, and spans lie in it."""
    for found in [
        *find_numbers(text),
        *find_amounts(text),
        *find_defects(text),
        *find_answers(text, rating_asked=True),
    ]:
        assert 0 <= found.start < found.end <= len(text)


@given(st.integers(0, 99_999_999), st.integers(0, 99))
def test_amount_is_read_back(yuan: int, cents: int) -> None:
    """An amount in figures keeps its value."""
    (found,) = find_amounts(f"{yuan}.{cents:02d}元")
    assert found.value == f"{yuan}.{cents:02d}"
