"""What may be chosen without buttons, and what a text chooses."""

from __future__ import annotations

import pytest

from bot.chat.speech.choices import Choice, choices_of, chosen

CHOICES = [Choice("退货", "/r"), Choice("换货", "/e"), Choice("A3 净化器", "/a")]


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("1", "/r"),
        ("２", "/e"),
        (" 2、", "/e"),
        ("（3）", "/a"),
        ("退货", "/r"),
        ("“换货”。", "/e"),
        ("a3 净化器", "/a"),
    ],
)
def test_number_or_words_choose(text: str, payload: str) -> None:
    """A number, in any width and with marks, or the words of a choice."""
    choice = chosen(text, CHOICES)
    assert choice is not None
    assert choice.payload == payload


@pytest.mark.parametrize("text", ["0", "4", "11", "9" * 5000, "", "。", "我要退货", "1 2", "一"])
def test_anything_else_is_typed(text: str) -> None:
    """What names no choice is left to the engine."""
    assert chosen(text, CHOICES) is None


def test_cards_offer_choices_too() -> None:
    """Slots by their span, orders by their number, stars by themselves, after the buttons."""
    buttons = [{"title": "改天", "payload": "/later"}]
    slots = [{"start": "2026-11-23T09:00:00+08:00", "end": "2026-11-23T11:00:00+08:00", "payload": "/slot"}]
    orders = [{"number": "261112004817", "payload": "/order"}, {"number": "261112004818"}]
    card = {"slots": slots, "orders": orders, "payloads": ["/1", "/2"]}
    titles = [choice.title for choice in choices_of(buttons, card)]
    assert titles[0] == "改天"
    assert titles[1].startswith("11月23日")
    assert titles[2:] == ["261112004817", "★", "★★"]
    assert choices_of(None, None) == []
