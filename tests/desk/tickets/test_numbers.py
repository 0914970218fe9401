"""Ticket numbers survive sloppy typing and betray slips of the finger."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.tickets.numbers import format_number, parse_number

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2068, 12, 31))
SEQUENCES = st.integers(min_value=1, max_value=99_999)


@given(DAYS, SEQUENCES)
def test_what_is_written_is_read(day: date, sequence: int) -> None:
    """A number that was given out is valid and tells its day and sequence."""
    parsed = parse_number(format_number(day, sequence))
    assert parsed is not None
    assert (parsed.valid, parsed.day, parsed.sequence) == (True, day, sequence)


@given(DAYS, st.integers(min_value=1, max_value=9_999), st.data())
def test_one_wrong_digit_is_noticed(day: date, sequence: int, data: st.DataObject) -> None:
    """Any single wrong digit makes the number invalid."""
    number = format_number(day, sequence)
    place = data.draw(st.sampled_from([at for at, char in enumerate(number) if char.isdigit()]))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    parsed = parse_number(number[:place] + other + number[place + 1 :])
    assert parsed is None or not parsed.valid


@pytest.mark.parametrize(
    "typed",
    [
        "T261122-00174",
        "t261122-00174",
        "T26112200174",
        "T 261122 00174",
        "Ｔ２６１１２２－００１７４",
        "T261122—00174",
        " 261122-00174 ",
        "t-261122-00174",
    ],
)
def test_sloppy_typing_is_read(typed: str) -> None:
    """Blanks, full width, lower case and a missing hyphen do not matter."""
    parsed = parse_number(typed)
    assert parsed is not None
    assert (parsed.text, parsed.valid) == ("T261122-00174", True)


@pytest.mark.parametrize("text", ["13800130001", "", "T26", "261122000017", "工单T261122-00174", "T261122-0017"])
def test_other_numbers_are_not_tickets(text: str) -> None:
    """A mobile or order number is no ticket number."""
    assert parse_number(text) is None


def test_impossible_day_is_invalid() -> None:
    """A number with a day that does not exist is of the right shape but invalid."""
    parsed = parse_number("T261399-00171")
    assert parsed is not None
    assert (parsed.valid, parsed.day) == (False, None)


@given(st.text(max_size=30))
def test_no_text_raises(text: str) -> None:
    """Whatever is typed is read or refused."""
    parse_number(text)


def test_sequence_counts_from_one() -> None:
    """A sequence of nought is a fault of the caller."""
    with pytest.raises(ValueError, match="1 or more"):
        format_number(date(2026, 11, 22) + timedelta(days=1), 0)
