"""The signs that wake the searches: nothing is missed because no sign was seen."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from phrasebook.filter.check import SHIPPED, load_checker
from phrasebook.filter.fold import fold
from phrasebook.filter.personal_data import find_personal, may_hold_number
from phrasebook.filter.triggers import DOUBLED, HOUSE, LATIN, REPEAT, trigger_patterns

CHECKER = load_checker(SHIPPED)
# Pieces of numbers, plates, addresses and addresses of mail, with all that stands between them.
PIECES = [
    "138", "0000", "5678", "1390000111", "0571", "88886666", "一三八", "幺三九零零", "浙a", "京B", "12345", "D", "kefu",
    "wang", "@", "example", ".com", "西湖区文三路", "中山路", "478号", "3单元", "502室", "12-3栋", "11月23号", "%",
    "T261122-00173", " ", "-", "，", "。", "\n", "·", "_", "(", "您好", "x", "🐴", "\u200b", "１３", "①",
]  # fmt: skip
NUMBER = re.compile("1[3-9][0-9]{9}|0[1-9][0-9]{8}|[0-9]{15}").search


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_signs_wake_the_search_for_personal_data(text: str) -> None:
    """The check finds the personal data that a search without signs finds, and no others."""
    found = {(item.kind, item.start, item.end) for item in find_personal(fold(text), spoken=True)}
    hits = [hit for hit in CHECKER.check(text, direction="clerk").hits if hit.how == "personal"]
    assert bool(found) == bool(hits)
    assert {hit.family for hit in hits} <= {kind for kind, _, _ in found}


@given(st.text("0123456789一a您", max_size=60))
def test_sampled_rows_of_digits(text: str) -> None:
    """Looking at every fifth character misses no row of digits that could be a number."""
    assert may_hold_number(text) == (NUMBER(text) is not None)


def test_more_than_ordinary_doubling_is_a_repeat() -> None:
    """妈妈 hides nothing, three in a row do; digits are doubled everywhere."""
    assert CHECKER.check("你妈妈妈批的", direction="clerk").blocked
    assert CHECKER.check("您妹妹的订单已发出", direction="clerk").verdict == "pass"
    found = trigger_patterns(["妈b骗2"], [])
    assert {pattern for pattern, bits in found.items() if bits & REPEAT} == {"妈妈妈", "bb", "骗骗"}
    assert "妈" in DOUBLED


def test_a_pattern_may_be_several_signs() -> None:
    """Bits add up: bb is a row of letters and a doubled letter."""
    found = trigger_patterns(["b"], [])
    assert found["bb"] == LATIN | REPEAT
    assert found["3栋"] == HOUSE


def test_echo_of_a_word_such_as_is_wakes_nothing() -> None:
    """What would be taken for chance is not listened for, what stands near a real echo is."""
    assert (
        CHECKER.check("很抱歉让您等这么久，我已加急处理，同事会在明天上午十点前联系您。", direction="bot").verdict
        == "pass"
    )
    assert "homophone" in {
        hit.how for hit in CHECKER.check("这个我布知道，您问问别人，我这边还有顾客在等。", direction="bot").hits
    }
