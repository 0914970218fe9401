"""The days of the Chinese year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from phrasebook.festivals import YEARS, days_of_last_month, festival_day, lunar_day, statutory_holidays

# From the calendars that the Purple Mountain Observatory published.
NEW_YEARS = ("2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03",
             "2031-01-23", "2032-02-11", "2033-01-31")  # fmt: skip


@pytest.mark.parametrize("day", NEW_YEARS)
def test_the_lunar_new_year(day: str) -> None:
    """The lunar year begins on its day, and the month before it is as long as it is."""
    first = date.fromisoformat(day)
    assert festival_day("春节", first.year) == first
    last_month = lunar_day(first.year - 1, 12, 1)
    assert (first - last_month).days == days_of_last_month(first.year - 1)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("清明", "2024-04-04"),
        ("清明", "2026-04-05"),
        ("清明", "2027-04-05"),
        ("清明", "2028-04-04"),
        ("端午", "2026-06-19"),
        ("中秋", "2026-09-25"),
        ("中秋", "2031-10-01"),
        ("元宵", "2026-03-03"),
        ("七夕", "2026-08-19"),
        ("重阳", "2026-10-18"),
        ("冬至", "2026-12-22"),
        ("国庆", "2026-10-01"),
    ],
)
def test_festivals(name: str, day: str) -> None:
    """A festival falls on the day of sun, moon or solar term."""
    assert festival_day(name, date.fromisoformat(day).year) == date.fromisoformat(day)


def test_what_is_unknown_is_told() -> None:
    """A festival that is none, and a year beyond the almanac, are errors, not silence."""
    with pytest.raises(KeyError):
        festival_day("双十一", 2026)
    with pytest.raises(ValueError, match="2101"):
        festival_day("春节", YEARS.stop)
    with pytest.raises(ValueError, match="2101"):
        days_of_last_month(YEARS.stop)


@pytest.mark.parametrize("year", [YEARS.start - 1, YEARS.start, 2027, YEARS[-1], YEARS.stop])
def test_each_year_has_its_statutory_holidays(year: int) -> None:
    """The law's days off are thirteen, of which six go by the sun; beyond the almanac these are left."""
    days = [day for days in statutory_holidays(year).values() for day in days]
    assert len(days) == (13 if year in YEARS else 6)
    assert {day.year for day in days} == {year}


def test_the_spring_festival_begins_with_its_eve() -> None:
    """New Year's Eve is off since 2025."""
    assert statutory_holidays(2027)["春节"][0] == festival_day("春节", 2027) - timedelta(days=1)
