"""Words for festivals and the turn of the year: 国庆前, 除夕, 腊月二十八, 正月初五, 年底."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.engine.nlu.times.calendar import FESTIVALS, Days, festival, new_year, one_day
from bot.engine.nlu.times.patterns import NUMBER, TIME_OF_DAY
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


def _festival(match: re.Match[str], today: date, past: bool) -> Days | None:
    found = festival(match["festival"], today, past=past)
    if found is None:
        return None
    day, days = found
    way = match["side"]
    if way.endswith("前"):
        return Days(today, day) if day > today else Days(day - timedelta(days=7), day)
    if way.endswith("后"):
        return Days(days.end, days.end + timedelta(days=7))
    return one_day(day) if way in {"当天", "那天"} else days


def _year_part(match: re.Match[str], today: date, past: bool) -> Days | None:
    name = match[0]
    if name == "年底":
        return Days(date(today.year, 12, 15), date(today.year + 1, 1, 1))
    if name == "年初":
        return Days(date(today.year + (0 if past else 1), 1, 1), date(today.year + (0 if past else 1), 2, 1))
    found = festival("春节", today)
    if found is None:
        return None
    day, days = found
    return Days(today, day) if name == "年前" else Days(days.end, days.end + timedelta(days=14))


_HAPPENING = rf"{TIME_OF_DAY}|买|拍的|下的?单|能送|送货|发货|上班|上门|安装"
"""Words after a festival that make it a day and not an occasion (国庆快乐)."""

PATTERNS: tuple[tuple[str, Callable[[re.Match[str], date, bool], Days | None]], ...] = (
    (
        rf"(?P<festival>{'|'.join(FESTIVALS)})(?P<side>(?:之|以)?[前后]|期间|当天|那天|假期|放假|长假|(?={_HAPPENING}))(?!面|台)",
        _festival,
    ),
    (r"除夕(?:那天|当天|夜)?|(?:大年|年)(?:三十|夜)(?!饭)", _eve),
    (rf"腊月(?:初(?=[一二三四五六七八九十]))?(?P<lday>廿[一二三四五六七八九]|{NUMBER})(?:号|日)?", _last_month),
    (r"(?:正月|大年|年)初(?P<lday>[一二三四五六七八九十])", _first_month),
    (r"年(?:底|初|前|后)(?!付|终|面)", _year_part),
)
