"""Ticket numbers survive sloppy typing and betray slips of the finger."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.tickets.numbers import DRAWN, new_number, parse_number

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2068, 12, 31))
DRAWS = st.integers(min_value=0, max_value=10**DRAWN - 2)


@given(DAYS, DRAWS)
def test_what_is_written_is_read(day: date, drawn: int) -> None:
    """A number that was given out is valid, tells its day, and is as long as every other."""
    number = new_number(day, draw=lambda _below: drawn)
    parsed = parse_number(number)
    assert parsed is not None
    assert (parsed.text, parsed.valid, parsed.day, len(number)) == (number, True, day, 16)


def test_numbers_of_a_day_do_not_follow_each_other() -> None:
    """From one number nothing can be told of the next: they lie apart, in no order, over the whole range."""
    day = date(2026, 11, 22)
    drawn = [int(new_number(day)[8:15]) for _ in range(400)]
    steps = [abs(after - before) for before, after in pairwise(drawn)]
    assert min(steps) > 1
    assert drawn != sorted(drawn)
    assert max(drawn) - min(drawn) > 10**DRAWN * 0.9


@given(DAYS, DRAWS, st.data())
def test_one_wrong_digit_is_noticed(day: date, drawn: int, data: st.DataObject) -> None:
    """Any single wrong digit makes the number invalid."""
    number = new_number(day, draw=lambda _below: drawn)
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


@pytest.mark.parametrize("number", ["T261118-00427", "T261122-00174", "T261122-123459"])
def test_earlier_numbers_stay_valid(number: str) -> None:
    """Numbers of the time when they were counted, with five digits and on full days six, are read as ever."""
    parsed = parse_number(number)
    assert parsed is not None
    assert (parsed.text, parsed.valid) == (number, True)
