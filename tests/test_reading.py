"""The result of reading an answer goes from engine to journeys as JSON and comes back as it was."""

from __future__ import annotations

import json

import pytest

from bot.reading import Act, Choice, Reading, Value

READING = Reading(
    question="wished_time",
    act="correct",
    confidence=0.9,
    likely=(Act("correct", 0.9), Act("answer", 0.08)),
    values=(
        Value("time", "周三", 2, 4, {"start": "2026-11-25T00:00:00+08:00"}, 0.8, taken_back=True),
        Value("time", "周四", 6, 8, {"start": "2026-11-26T00:00:00+08:00"}, 0.9),
    ),
    choice=Choice(1, 0.85),
    kind="other",
)


@pytest.mark.parametrize("reading", [READING, Reading("none", "unclear", 0.3)])
def test_json_and_back(reading: Reading) -> None:
    """What one side writes the other side reads."""
    assert Reading.from_json(json.loads(json.dumps(reading.to_json()))) == reading


def test_what_was_taken_back_is_not_told() -> None:
    """A value that the customer denies is none."""
    assert [value.text for value in READING.told("time")] == ["周四"]


def test_a_missing_key_is_an_error() -> None:
    """A reading without its act is none."""
    with pytest.raises(KeyError, match="act"):
        Reading.from_json({"question": "name"})
