"""Calendar arithmetic for spoken times: weeks, months, festivals."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


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


_FIXED = {
    "元旦": (1, 1, 1), "情人节": (2, 14, 1), "妇女节": (3, 8, 1), "三八": (3, 8, 1), "清明": (4, 4, 3),
    "五一": (5, 1, 5), "劳动节": (5, 1, 5), "儿童节": (6, 1, 1), "六一": (6, 1, 1), "618": (6, 18, 1),
    "国庆": (10, 1, 7), "十一": (10, 1, 7), "双十一": (11, 11, 1), "双11": (11, 11, 1),
    "双十二": (12, 12, 1), "双12": (12, 12, 1), "平安夜": (12, 24, 1), "圣诞": (12, 25, 1),
}  # fmt: skip
# First days of the lunar festivals; a year beyond the table is not understood.
_LUNAR = {
    "春节": {2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3),
             2031: (1, 23), 2032: (2, 11)},
    "端午": {2024: (6, 10), 2025: (5, 31), 2026: (6, 19), 2027: (6, 9), 2028: (5, 28), 2029: (6, 16), 2030: (6, 5),
             2031: (6, 24), 2032: (6, 12)},
    "中秋": {2024: (9, 17), 2025: (10, 6), 2026: (9, 25), 2027: (9, 15), 2028: (10, 3), 2029: (9, 22), 2030: (9, 12),
             2031: (10, 1), 2032: (9, 19)},
}  # fmt: skip
_LENGTHS = {"春节": 8, "端午": 3, "中秋": 3}
_SAME = {
    "过年": "春节",
    "新年": "元旦",
    "国庆节": "国庆",
    "中秋节": "中秋",
    "端午节": "端午",
    "圣诞节": "圣诞",
    "清明节": "清明",
    "年": "春节",
}
FESTIVALS = sorted({*_FIXED, *_LUNAR, *_SAME} - {"年"}, key=len, reverse=True)


def festival(name: str, today: date, *, past: bool = False) -> Days | None:
    """Return the festival's days seen from ``today``: the running or next one, or the last one for ``past``."""
    name = _SAME.get(name, name)
    for year in (today.year, today.year - 1) if past else (today.year, today.year + 1):
        if name in _FIXED:
            month, day, length = _FIXED[name]
        elif year in _LUNAR.get(name, {}):
            month, day = _LUNAR[name][year]
            length = _LENGTHS[name]
        else:
            return None
        start = date(year, month, day)
        days = Days(start, start + timedelta(days=length))
        if days.start <= today if past else days.end > today:
            return days
    return None


def new_year(today: date, *, past: bool = False) -> date | None:
    """Return the lunar new year seen from ``today``: the coming one or one begun within the last month, or the last."""
    days = sorted(date(year, *day) for year, day in _LUNAR["春节"].items())
    if past:
        return next((day for day in reversed(days) if day <= today), None)
    return next((day for day in days if day + timedelta(days=30) > today), None)
