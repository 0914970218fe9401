"""What a turn teaches of the customer: what they told themselves, and nothing else."""

from __future__ import annotations

import pytest

from actions.reading.answers import NOT_SAID
from tests.actions.turns import turn_of


def test_first_turn_begins_with_what_is_known() -> None:
    """Only the first action of a conversation takes it over, and what was just told goes before it."""
    first = turn_of(name="方敏")
    assert first.is_first
    first.know({"name": "王芳", "phone": "13812345678"})
    assert (first.get("name"), first.get("phone")) == ("方敏", "13812345678")
    assert not turn_of(answered_message="m0").is_first


@pytest.mark.parametrize("value", [None, NOT_SAID])
def test_what_was_not_told_is_not_learnt(value: object) -> None:
    """A contact that was refused or taken back teaches nothing."""
    talk = turn_of()
    talk.set("phone", value)
    assert talk.contact_told() == {}


def test_contact_of_an_order_is_not_learnt() -> None:
    """An address taken from a proven order is the order's secret: the next conversation must not tell it."""
    talk = turn_of()
    talk.set("address", "杭州市西湖区文三路478号")
    talk.from_order.add("address")
    talk.set("phone", "13812345678")
    assert talk.contact_told() == {"phone": "13812345678"}
