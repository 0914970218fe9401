"""Count working hours and working days over the shop's hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from pydantic import field_validator

from bot.desk.calendar.holidays import WorkCalendar
from bot.desk.shop.pack import Data
from phrasebook.china_time import SHANGHAI

HORIZON = 400
"""Days looked ahead before the hours are called empty."""

type Spans = tuple[tuple[time, time], ...]


class Hours(Data):
    """Spans of a day in which the shop's people work, like `09:00-12:00`; several a day."""

    monday: Spans
    tuesday: Spans
    wednesday: Spans
    thursday: Spans
    friday: Spans
    saturday: Spans
    sunday: Spans
    holiday: Spans = ()
    makeup: Spans
    """On weekend days worked in exchange for a holiday."""

    @field_validator("*", mode="before")
    @classmethod
    def _read(cls, value: object) -> Spans:
        if not isinstance(value, list | tuple):
            raise ValueError(f"expected a list of spans like 09:00-12:00, got {value!r}")
        spans = tuple(_span(str(text)) for text in value)
        if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
            raise ValueError(f"spans overlap or are out of order: {value!r}")
        return spans

    def of_weekday(self, weekday: int) -> Spans:
        """Return the spans of a weekday, Monday being 0."""
        return (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        )[weekday]


def _span(text: str) -> tuple[time, time]:
    first, _, last = text.partition("-")
    try:
        start, end = time.fromisoformat(first.strip()), time.fromisoformat(last.strip())
    except ValueError as error:
        raise ValueError(f"span {text!r}: write it like 09:00-12:00") from error
    if end <= start:
        raise ValueError(f"span {text!r}: ends before it begins")
    return start, end


class WorkingTime:
    """Answer when people work.

    Args:
        hours: the shop's hours.
        calendar: holidays and make-up days.
    """

    def __init__(self, hours: Hours, calendar: WorkCalendar) -> None:
        """Keep the three together."""
        self._hours = hours
        self._calendar = calendar

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return the day's spans as aware times."""
        return [
            (datetime.combine(day, start, SHANGHAI), datetime.combine(day, end, SHANGHAI))
            for start, end in self._spans(day)
        ]

    def is_open(self, now: datetime) -> bool:
        """Tell whether people work at this moment."""
        return any(start <= now < end for start, end in self.spans(now.astimezone(SHANGHAI).date()))

    def next_open(self, now: datetime) -> datetime:
        """Return this moment when people work, else the next time they begin."""
        start, _ = next(self._ahead(now))
        return start

    def add(self, now: datetime, amount: timedelta) -> datetime:
        """Return the moment when `amount` of working time has passed since `now`."""
        for start, end in self._ahead(now):
            if amount <= end - start:
                return start + amount
            amount -= end - start
        raise AssertionError("unreachable: _ahead raises at the horizon")

    def add_days(self, now: datetime, days: int) -> datetime:
        """Return the end of work on the `days`-th working day after the day of `now`."""
        day = now.astimezone(SHANGHAI).date()
        for _ in range(days * 3 + HORIZON):
            day += timedelta(days=1)
            if not self._calendar.workday(day) or not (spans := self.spans(day)):
                continue
            days -= 1
            if days <= 0:
                return spans[-1][1]
        raise ValueError("no working day ahead: the shop's hours are empty on all working days")

    def _spans(self, day: date) -> Spans:
        if self._calendar.makeup(day):
            return self._hours.makeup
        if self._calendar.holiday(day):
            return self._hours.holiday
        return self._hours.of_weekday(day.weekday())

    def _ahead(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = now.astimezone(SHANGHAI).date()
        for offset in range(HORIZON):
            for start, end in self.spans(day + timedelta(days=offset)):
                if end > now:
                    yield max(start, now.astimezone(SHANGHAI)), end
        raise ValueError(f"no working time within {HORIZON} days after {now.isoformat()}: check the shop's hours")
