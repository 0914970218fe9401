"""Chinese public holidays and make-up working days: as arranged each year, else as the law has them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from pydantic import field_validator

from bot.desk.shop.pack import Data, load_once
from phrasebook.festivals import statutory_holidays

HOLIDAYS = Path(__file__).parent / "holidays.yml"


class Span(Data):
    """One holiday: first and last day off, and the weekend days worked for it."""

    name: str
    first: date
    last: date
    worked: tuple[date, ...] = ()

    def days(self) -> list[date]:
        """Return every day off."""
        return [self.first + timedelta(days=offset) for offset in range((self.last - self.first).days + 1)]


class Year(Data):
    """The arrangement of one year."""

    source: str
    holidays: tuple[Span, ...]


class Table(Data):
    """The whole file."""

    years: dict[int, Year]
    """Those that the State Council has arranged."""

    @field_validator("years")
    @classmethod
    def _in_their_year(cls, years: dict[int, Year]) -> dict[int, Year]:
        for number, year in years.items():
            for span in year.holidays:
                if span.last < span.first or span.last.year != number:
                    raise ValueError(f"{span.name} {span.first}–{span.last} does not end in {number}")
        return years


class WorkCalendar:
    """Tell working days from days off.

    Args:
        table: the arrangements, a year at a time.
    """

    def __init__(self, table: Table) -> None:
        self._arranged = frozenset(table.years)
        spans = [span for year in table.years.values() for span in year.holidays]
        self._off = {day: span.name for span in spans for day in span.days()}
        self._worked = {day: span.name for span in spans for day in span.worked}

    def holiday(self, day: date) -> str | None:
        """Return the name of the holiday that makes this a day off, None on other days (weekends too)."""
        return self._off.get(day) if day.year in self._arranged else _statutory(day.year).get(day)

    def makeup(self, day: date) -> bool:
        """Tell whether a weekend day is worked in exchange for a holiday."""
        return day in self._worked

    def workday(self, day: date) -> bool:
        """Tell whether offices work on this day."""
        if self.makeup(day):
            return True
        return day.weekday() < 5 and self.holiday(day) is None


@lru_cache(maxsize=16)
def _statutory(year: int) -> dict[date, str]:
    return {day: name for name, days in statutory_holidays(year).items() for day in days}


@lru_cache(maxsize=1)
def work_calendar() -> WorkCalendar:
    """Return the calendar of `holidays.yml`, read once."""
    return WorkCalendar(load_once(HOLIDAYS, Table))
