"""Several wishes and several broken things in one message: what belongs to which."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from actions.journeys.repair.several_faults import first_fault
from actions.reading.message import IntentPart, Message
from tests.actions.test_answers import said


class FakeTurn:
    """The slots and the message of a case, no more."""

    def __init__(self, message: Message) -> None:
        """Begin with no slots."""
        self.message = message
        self.slots: dict[str, Any] = {}

    def get(self, slot: str) -> Any:
        """Return a slot."""
        return self.slots.get(slot)

    def set(self, slot: str, value: Any) -> None:
        """Keep a slot."""
        self.slots[slot] = value


def broken(text: str) -> tuple[str, list[str], list[list[str]]]:
    """Return what is told of the first thing, and the words and goods of those kept for later."""
    entities = tuple(
        {"entity": name, "value": match[0], "start": match.start(), "end": match.end()}
        for name, words in (("product", "冰箱|洗衣机|空调|微波炉"), ("time", "明天上午"), ("phone", r"1\d{10}"))
        for match in re.finditer(words, text)
    )
    turn = FakeTurn(replace(said(text, intent="repair_booking"), entities=entities))
    first = first_fault(turn)  # type: ignore[arg-type]
    later = turn.get("pending_wishes") or []
    goods = [[e["value"] for e in kept["entities"] if e["entity"] == "product"] for kept in later]
    return first.text, [kept["text"] for kept in later], goods


@pytest.mark.parametrize(
    ("text", "first", "later"),
    [
        ("冰箱不制冷，洗衣机也漏水", "冰箱不制冷", ["洗衣机也漏水"]),
        ("冰箱不制冷了，还有洗衣机漏水，明天上午来修", "冰箱不制冷了，明天上午来修", ["洗衣机漏水"]),
        ("空调和冰箱都不制冷", "空调都不制冷", ["冰箱都不制冷"]),
        ("冰箱坏了 洗衣机漏水 微波炉不加热", "冰箱坏了", ["洗衣机漏水", "微波炉不加热"]),
        ("洗衣机不转，空调坏了一点反应都没有", "洗衣机不转", ["空调坏了一点反应都没有"]),
        ("冰箱不制冷，冰箱门也关不上", "冰箱不制冷，冰箱门也关不上", []),
        ("洗衣机漏水，空调是好的", "洗衣机漏水，空调是好的", []),
        ("冰箱不制冷", "冰箱不制冷", []),
    ],
)
def test_each_broken_thing_is_told_for_itself(text: str, first: str, later: list[str]) -> None:
    """The first broken thing keeps what is told beside the things; each other one waits with its own fault."""
    assert broken(text)[:2] == (first, later)


def test_a_thing_that_waits_is_named_in_its_own_words() -> None:
    """What waits names its own goods alone."""
    assert broken("冰箱不制冷，洗衣机也漏水，电话13800138000")[2] == [["洗衣机"]]


def test_a_wish_takes_the_facts_of_its_own_words() -> None:
    """A fault belongs to the wish beside which it stands; a phone told once is told for both wishes."""
    text = "空调不制冷要修，另外鞋子要退，电话13800138000"
    whole = said(text, defect="不制冷", product="空调", phone="13800138000")
    repair = IntentPart("repair_booking", text[:7], 0, 7)
    back = IntentPart("return_goods", text[8:14], 8, 14)
    whole = replace(whole, wishes=(repair, back))
    assert whole.part(repair).entity("defect") == "不制冷"
    assert whole.part(back).entity("defect") is None
    assert [whole.part(wish).entity("phone") for wish in (repair, back)] == ["13800138000"] * 2
    kept = whole.put_off(whole.part(back).for_later())
    assert (kept.intent, kept.text, kept.entity("phone")) == ("return_goods", text[8:14], "13800138000")
