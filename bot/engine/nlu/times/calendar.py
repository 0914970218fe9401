"""Calendar arithmetic for spoken times: weeks, months, festivals."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from phrasebook.festivals import festival_day


@dataclass(frozen=True)
class Days:
    """A span of whole days, the end excluded.

    ``other`` is a second reading of the same words, when there is one. ``bounded``
    says that the first day alone was named (and not a stretch). ``weekly`` says that
    a weekday was named without its week: it comes again.
    """

    start: date
    end: date
    other: date | None = None
    weekly: bool = False

    @property
    def single(self) -> bool:
        """Say whether the span is one day."""
        return (self.end - self.start).days == 1


def one_day(day: date, other: date | None = None) -> Days:
    """Return the span of ``day`` alone."""
    return Days(day, day + timedelta(days=1), other)


def monday(day: date) -> date:
    """Return the Monday of the week of ``day``; weeks begin on Monday."""
    return day - timedelta(days=day.weekday())


def add_months(day: date, months: int) -> date:
    """Return ``day`` moved by ``months``, its day cut to the month's length."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_span(year: int, month: int) -> Days:
    """Return the days of a month."""
    first = date(year, month, 1)
    return Days(first, add_months(first, 1))


def month_part(first: date, name: str) -> Days:
    """Return the part of the month of ``first`` called 初, 上旬, 中, 中旬, 底, 末 or 下旬."""
    end = add_months(first, 1)
    if name in {"初", "上旬"}:
        return Days(first, first.replace(day=6 if name == "初" else 11))
    if name in {"中", "中旬"}:
        return Days(first.replace(day=11), first.replace(day=21))
    return Days(first.replace(day=21) if name == "下旬" else first.replace(day=25), end)


def safe_date(year: int, month: int, day: int) -> date | None:
    """Return the date or None when there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


_OCCASIONS = {
    "情人节": (2, 14), "妇女节": (3, 8), "儿童节": (6, 1), "618": (6, 18), "双十一": (11, 11), "双十二": (12, 12),
    "平安夜": (12, 24), "圣诞": (12, 25),
}  # fmt: skip
"""Days of sales and wishes, without a day off."""
_DAYS_OFF = {"元旦": 1, "春节": 8, "劳动节": 5, "国庆": 7}
_WITH_WEEKEND = ("清明", "端午", "中秋")
"""One day off, and the weekend beside it."""
_SAME = {
    "过年": "春节",
    "新年": "元旦",
    "年": "春节",
    "五一": "劳动节",
    "十一": "国庆",
    "国庆节": "国庆",
    "中秋节": "中秋",
    "端午节": "端午",
    "清明节": "清明",
    "三八": "妇女节",
    "六一": "儿童节",
    "双11": "双十一",
    "双12": "双十二",
    "圣诞节": "圣诞",
}
FESTIVALS = sorted({*_OCCASIONS, *_DAYS_OFF, *_WITH_WEEKEND, *_SAME} - {"年"}, key=len, reverse=True)


def festival(name: str, today: date, *, past: bool = False) -> tuple[date, Days] | None:
    """Return a festival's own day and its days off, seen from ``today``.

    Args:
        name: one of `FESTIVALS`.
        past: the last one is meant, not the running or next one.

    Raises:
        ValueError: the almanac does not know the year.
    """
    name = _SAME.get(name, name)
    for year in (today.year, today.year - 1) if past else (today.year, today.year + 1):
        day = date(year, *_OCCASIONS[name]) if name in _OCCASIONS else festival_day(name, year)
        days = _with_weekend(day) if name in _WITH_WEEKEND else Days(day, day + timedelta(days=_DAYS_OFF.get(name, 1)))
        if days.start <= today if past else days.end > today:
            return day, days
    return None


def _with_weekend(day: date) -> Days:
    """Return a day off with the weekend that it touches; on a weekend the Monday after it is off too."""
    saturday = monday(day) + timedelta(days=5)
    if day.weekday() == calendar.MONDAY:
        return Days(day - timedelta(days=2), day + timedelta(days=1))
    if day.weekday() < calendar.FRIDAY:
        return one_day(day)
    return Days(min(day, saturday), saturday + timedelta(days=2 if day < saturday else 3))


def new_year(today: date, *, past: bool = False) -> date | None:
    """Return the lunar new year seen from ``today``: the coming one or one begun within the last month, or the last.

    Raises:
        ValueError: the almanac does not know the year.
    """
    days = [festival_day("春节", year) for year in (today.year - 1, today.year, today.year + 1)]
    if past:
        return next((day for day in reversed(days) if day <= today), None)
    return next((day for day in days if day + timedelta(days=30) > today), None)
