"""Chinese public holidays and make-up working days, as data that never runs out."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from pydantic import Field, field_validator

from bot.desk.shop.pack import Data, load_once

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
    provisional: bool = False
    """The State Council has not published it yet: statutory days only, no make-up days."""
    holidays: tuple[Span, ...]


class Fixed(Data):
    """A statutory day that falls on the same date each year."""

    name: str
    day: str = Field(pattern=r"^\d\d-\d\d$")


class Table(Data):
    """The whole file."""

    years: dict[int, Year]
    fixed: tuple[Fixed, ...]
    """What is off in years that are not listed."""

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
        """Spread the spans over days."""
        self._years = table.years
        self._fixed = {fixed.day: fixed.name for fixed in table.fixed}
        spans = [span for year in table.years.values() for span in year.holidays]
        self._off = {day: span.name for span in spans for day in span.days()}
        self._worked = {day: span.name for span in spans for day in span.worked}

    def holiday(self, day: date) -> str | None:
        """Return the name of the holiday that makes this a day off, None on other days (weekends too)."""
        if day in self._off:
            return self._off[day]
        if day.year not in self._years:
            return self._fixed.get(f"{day:%m-%d}")
        return None

    def makeup(self, day: date) -> bool:
        """Tell whether a weekend day is worked in exchange for a holiday."""
        return day in self._worked

    def workday(self, day: date) -> bool:
        """Tell whether offices work on this day."""
        if self.makeup(day):
            return True
        return day.weekday() < 5 and self.holiday(day) is None

    def provisional(self, day: date) -> bool:
        """Tell whether the arrangement of the day's year is not official yet."""
        year = self._years.get(day.year)
        return year is None or year.provisional


@lru_cache(maxsize=1)
def work_calendar() -> WorkCalendar:
    """Return the calendar of `holidays.yml`, read once."""
    return WorkCalendar(load_once(HOLIDAYS, Table))
