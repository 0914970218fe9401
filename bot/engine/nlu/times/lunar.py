"""Days counted from the lunar new year: 除夕, 腊月二十八, 正月初五."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.engine.nlu.times.calendar import Days, new_year, one_day
from bot.engine.nlu.times.counts import NUMBER
from phrasebook.festivals import days_of_last_month
from phrasebook.numerals import read_number


def _eve(match: re.Match[str], today: date, past: bool) -> Days | None:
    first = new_year(today, past=past)
    return one_day(first - timedelta(days=1)) if first else None


def _last_month(match: re.Match[str], today: date, past: bool) -> Days | None:
    first, day = new_year(today, past=past), read_number(match["lday"].replace("廿", "二十"))
    if first is None or day is None or not 1 <= day <= 30:
        return None
    return one_day(first - timedelta(days=days_of_last_month(first.year - 1) - day + 1))


def _first_month(match: re.Match[str], today: date, past: bool) -> Days | None:
    first, day = new_year(today, past=past), read_number(match["lday"])
    return one_day(first + timedelta(days=day - 1)) if first and day and day <= 30 else None


PATTERNS: tuple[tuple[str, Callable[[re.Match[str], date, bool], Days | None]], ...] = (
    (r"除夕(?:那天|当天|夜)?|(?:大年|年)(?:三十|夜)(?!饭)", _eve),
    (rf"腊月(?:初(?=[一二三四五六七八九十]))?(?P<lday>廿[一二三四五六七八九]|{NUMBER})(?:号|日)?", _last_month),
    (r"(?:正月|大年|年)初(?P<lday>[一二三四五六七八九十])", _first_month),
)
