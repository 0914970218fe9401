"""Festivals as customers name them: their own day, the days off around it, before and after."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.engine.nlu.times import find_times
from phrasebook.china_time import SHANGHAI

FESTIVALS = [
    # Named on, words, first day, day after the last one.
    ("2026-03-20", "清明节当天", "2026-04-05", "2026-04-06"),
    ("2026-03-20", "清明放假", "2026-04-04", "2026-04-07"),  # a Sunday: the weekend and the Monday after it
    ("2027-03-20", "清明那天", "2027-04-05", "2027-04-06"),
    ("2027-03-20", "清明期间", "2027-04-03", "2027-04-06"),  # a Monday
    ("2026-06-01", "端午假期", "2026-06-19", "2026-06-22"),  # a Friday
    ("2027-06-01", "端午假期", "2027-06-09", "2027-06-10"),  # a Wednesday: that day alone
    ("2025-05-01", "端午假期", "2025-05-31", "2025-06-03"),  # a Saturday
    ("2026-09-01", "中秋前", "2026-09-01", "2026-09-25"),
    ("2026-09-01", "国庆后", "2026-10-08", "2026-10-15"),
    ("2026-11-20", "春节后", "2027-02-14", "2027-02-21"),
    ("2026-11-20", "除夕", "2027-02-05", "2027-02-06"),
    ("2026-11-20", "腊月二十八", "2027-02-04", "2027-02-05"),
    ("2026-11-20", "正月初五", "2027-02-10", "2027-02-11"),
    ("2033-01-10", "春节期间", "2033-01-31", "2033-02-08"),  # beyond 2032 too
    ("2044-09-01", "中秋当天", "2044-10-05", "2044-10-06"),
    ("2026-11-20", "双12当天", "2026-12-12", "2026-12-13"),
]


@pytest.mark.parametrize(("named_on", "words", "first", "end"), FESTIVALS)
def test_festivals(named_on: str, words: str, first: str, end: str) -> None:
    """A festival means the days it has in its year, whichever year that is."""
    now = datetime.fromisoformat(f"{named_on}T10:00:00").replace(tzinfo=SHANGHAI)
    (found,) = find_times(words, now)
    days = (found.interval.start.date().isoformat(), found.interval.end.date().isoformat())
    assert days == (first, end)


def test_a_year_beyond_the_almanac_is_not_guessed() -> None:
    """Beyond its last year no lunar festival is understood."""
    assert find_times("春节期间", datetime(2101, 3, 1, tzinfo=SHANGHAI)) == []
