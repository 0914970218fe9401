"""Words for days: 明天, 下周三, 10月8号, 三天后, 月底, 国庆前."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from bot.engine.nlu.times import festival_days
from bot.engine.nlu.times.calendar import (
    Days,
    add_months,
    monday,
    month_part,
    month_span,
    one_day,
    safe_date,
)
from bot.engine.nlu.times.patterns import NUMBER, TIME_OF_DAY
from phrasebook.numerals import read_number

Reader = Callable[["re.Match[str]", date, bool], "Days | None"]
_WEEK = r"(?:周|星期|礼拜)"
_SHIFT = r"(?P<shift>这一?个?|本|下下个?|下一?个?|上上个?|上一?个?)"
_NAMED = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3, "大大后": 4}
_NOT_A_DATE = r"(?!楼|线|店|仓|院|门|机|桌|柜|口|库|厅|馆|房|色|笔|电池|字|码|球|站|铺|店|桥|馆|床|车|厂|链|文)"


def _shift(name: str | None) -> int | None:
    if not name:
        return None
    if name[0] in "这本":
        return 0
    step = 1 if name[0] == "下" else -1
    return step * (2 if name[:2] in {"下下", "上上"} else 1)


def _pair(match: re.Match[str], today: date, past: bool) -> Days | None:
    return Days(
        today + timedelta(days=0 if match[0][0] == "今" else 1), today + timedelta(days=3 if match[0][1] == "后" else 2)
    )


def _named(match: re.Match[str], today: date, past: bool) -> Days | None:
    return one_day(today + timedelta(days=_NAMED[match["day"]]))


def _weekday(match: re.Match[str], today: date, past: bool) -> Days | None:
    shift = _shift(match["shift"])
    name = match["weekday"]
    first = monday(today) + timedelta(weeks=shift or 0)
    if name == "末":
        if shift is None and past and today.weekday() < 5:
            first -= timedelta(weeks=1)
        saturday = first + timedelta(days=5)
        begin = today if shift is None and not past and today > saturday else saturday
        return Days(begin, first + timedelta(days=7))
    number = 6 if name in "日天7" else ("一二三四五六".find(name) if name in "一二三四五六" else int(name) - 1)
    day = first + timedelta(days=number)
    if shift is None and day < today and not past:
        day += timedelta(weeks=1)
    if shift is None and day >= today and past:
        day -= timedelta(weeks=0 if day == today else 1)
    return replace(one_day(day), weekly=shift is None and not past)


def _week(match: re.Match[str], today: date, past: bool) -> Days | None:
    first = monday(today) + timedelta(weeks=_shift(match["shift"]) or 0)
    return Days(first, first + timedelta(weeks=1))


def _year(words: str | None, today: date) -> int | None:
    if not words:
        return None
    named = {"今年": 0, "明年": 1, "去年": -1, "前年": -2, "后年": 2}
    if words in named:
        return today.year + named[words]
    number = read_number(words.rstrip("年"))
    if number is not None and number < 100:
        number += 2000
    return number if number and 2000 <= number <= 2100 else None


def _nearest(month: int, day: int, today: date, past: bool) -> date | None:
    """Return the day of this year, of the next or the last: past when the words say so, else the nearer one."""
    choices = [d for y in (today.year - 1, today.year, today.year + 1) if (d := safe_date(y, month, day))]
    if not choices:
        return None
    if past:
        earlier = [d for d in choices if d <= today]
        return earlier[-1] if earlier else None
    coming = [d for d in choices if today <= d <= today + timedelta(days=183)]
    return coming[0] if coming else min(choices, key=lambda d: abs((d - today).days))


def _month_day(match: re.Match[str], today: date, past: bool) -> Days | None:
    month = read_number(match["month"])
    if month is None or not 1 <= month <= 12:
        return None
    year = _year(match["year"], today)
    if match["mday"] is None:
        near = safe_date(year, month, 1) if year else _nearest(month, 15, today, past)
        if near is None:
            return None
        first = near.replace(day=1)
        return month_part(first, match["third"]) if match["third"] else month_span(first.year, first.month)
    day = read_number(match["mday"])
    if day is None:
        return None
    found = safe_date(year, month, day) if year else _nearest(month, day, today, past)
    return one_day(found) if found else None


def _numeric(match: re.Match[str], today: date, past: bool) -> Days | None:
    month, day = int(match["nmonth"]), int(match["nday"])
    year = match.groupdict().get("nyear")
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    found = safe_date(int(year), month, day) if year else _nearest(month, day, today, past)
    return one_day(found) if found and 2000 <= found.year <= 2100 else None


def _shifted_month(match: re.Match[str], today: date, past: bool) -> Days | None:
    first = add_months(today.replace(day=1), _shift(match["shift"]) or 0)
    if match["mday"]:
        day = read_number(match["mday"])
        found = safe_date(first.year, first.month, day) if day else None
        return one_day(found) if found else None
    return month_part(first, match["third"]) if match["third"] else month_span(first.year, first.month)


def _month_third(match: re.Match[str], today: date, past: bool) -> Days | None:
    days = month_part(today.replace(day=1), match["third"])
    if days.end <= today and not past:
        return month_part(add_months(today.replace(day=1), 1), match["third"])
    return days


def _day_of_month(match: re.Match[str], today: date, past: bool) -> Days | None:
    day = read_number(match["mday"])
    if day is None or not 1 <= day <= 31:
        return None
    months = range(0, -3, -1) if past else range(3)
    for move in months:
        first = add_months(today.replace(day=1), move)
        found = safe_date(first.year, first.month, day)
        if found and (found <= today if past else found >= today):
            return one_day(found)
    return None


_SOME = 3
"""What 几 means when days are counted."""
_UNIT_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7}


def _relative(match: re.Match[str], today: date, past: bool) -> Days | None:
    words = match["count"]
    number = read_number(words)
    if number is None:
        return None
    unit, way = match["unit"], match["way"]
    sign = -1 if way == "前" else 1
    if unit in {"月", "年"}:
        there = add_months(today, sign * number * (12 if unit == "年" else 1))
    else:
        there = today + timedelta(days=sign * number * _UNIT_DAYS[unit])
    if way == "内":
        return Days(today, there + timedelta(days=1))
    return one_day(there)


def _half_month(match: re.Match[str], today: date, past: bool) -> Days | None:
    if match["way"] == "内":
        return Days(today, today + timedelta(days=16))
    return one_day(today + timedelta(days=-15 if match["way"] == "前" else 15))


def _after_some(match: re.Match[str], today: date, past: bool) -> Days | None:
    number = _SOME if match["count"] == "几" else read_number(match["count"])
    if number is None:
        return None
    if match["unit"] in {"月", "年"}:
        return one_day(add_months(today, number * (12 if match["unit"] == "年" else 1)))
    there = today + timedelta(days=number * _UNIT_DAYS[match["unit"]])
    return Days(there, there + timedelta(days=4)) if match["count"] == "几" else one_day(there)


def _these_days(match: re.Match[str], today: date, past: bool) -> Days | None:
    length = 3 if "几" in match[0] or "些" in match[0] else 2
    return (
        Days(today - timedelta(days=length - 1), today + timedelta(days=1))
        if past
        else Days(today, today + timedelta(days=length))
    )


def _whole_year(match: re.Match[str], today: date, past: bool) -> Days | None:
    year = _year(match["year"], today)
    return Days(date(year, 1, 1), date(year + 1, 1, 1)) if year else None


_YEAR = r"(?P<year>(?:20)?\d\d年|二[零〇][一二三][零〇一二三四五六七八九]年|今年|明年|去年|前年|后年)"
_MDAY = rf"(?P<mday>{NUMBER})"
_THIRD = r"(?P<third>初|中旬|上旬|下旬|中|底|末)"
_BEFORE = r"(?<![\d.一二三四五六七八九十两几每路街巷弄道楼院])"

_DATED = rf"早|晚|{TIME_OF_DAY}|买|拍的|下的?单|付款|付的|签收|收到|到的?货|发的?货|那天|之前|以前|之后|以后"
"""Words after 10.8 that make it a date."""

# Ordered: the first that matches at a place and makes sense wins.
PATTERNS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (
            r"(?<!\d)(?P<nyear>20\d\d)\s?[-/.]\s?(?P<nmonth>\d{1,2})\s?[-/.]\s?(?P<nday>\d{1,2})(?:日|号)?(?!\d)",
            _numeric,
        ),
        (
            rf"{_BEFORE}(?:{_YEAR}的?)?(?P<month>{NUMBER})月(?!饼|嫂|子|租|卡|付|结|供|销|费|经|亮|均|光|季)(?:份的?)?"
            rf"(?:{_MDAY}(?:号{_NOT_A_DATE}|日|(?![\d个点:号月天])(?<=\d))|{_THIRD}(?!国|间|文))?",
            _month_day,
        ),
        (r"(?<![\d./-])(?P<nmonth>\d{1,2})[/.-](?P<nday>\d{1,2})(?:日|号)(?!\d)", _numeric),
        (
            r"(?<![\d./:-])(?P<nmonth>\d{1,2})/(?P<nday>\d{1,2})(?![\d/])(?=\s*(?:早|上午|中午|下午|晚|\d{1,2}[点:]|$))",
            _numeric,
        ),
        (rf"(?<![\d./:-])(?P<nmonth>\d{{1,2}})\.(?P<nday>\d{{1,2}})(?![\d.])(?=\s*(?:{_DATED}))", _numeric),
        (rf"{_SHIFT}月的?(?:{_MDAY}(?:号{_NOT_A_DATE}|日)|{_THIRD})?", _shifted_month),
        (rf"(?<![\d一二三四五六七八九十两个每单包按])月{_THIRD}(?!国|间|文)", _month_third),
        (rf"(?:{_SHIFT}|(?<![一两三四五六每\d])){_WEEK}(?P<weekday>[一二三四五六日天末1-7])(?![年个年\d])", _weekday),
        (rf"{_SHIFT}{_WEEK}(?!期|[一二三四五六日天末\d])", _week),
        (r"今明两?天|明后两?天", _pair),
        (r"(?P<day>大?前|昨|今|明|(?:大大?)?后)(?:天|日(?!期|常|子|程)|儿个?)", _named),
        (r"(?P<day>昨|今|明)(?=早|晚|晨|夜|上午|下午|中午|凌晨)", _named),
        (r"(?P<day>前|后)(?=晚(?!期))", _named),
        (rf"(?<!过)(?P<count>{NUMBER})个?(?P<unit>天|日|周|星期|礼拜|月|年)(?:以|之|过)?(?P<way>后|前|内)", _relative),
        (r"半个?月(?:以|之)?(?P<way>后|前|内)", _half_month),
        (rf"再?过(?P<count>{NUMBER}|几)个?(?P<unit>天|日|周|星期|礼拜|月|年)(?:以?后|之后)?(?!期|了|保)", _after_some),
        (r"这一?[两二几些]天|近[两几]天|这些天", _these_days),
        *festival_days.PATTERNS,
        (rf"(?<!\d){_YEAR}(?!级|版|款|产)", _whole_year),
        (
            rf"(?<![\d.一二三四五六七八九十两几每路街巷弄道楼院第大小a-z-]){_MDAY}(?:号{_NOT_A_DATE}"
            r"|日(?!内|无|后|前|元|均|常|用|期|游|子|本|之|以|起|达))",
            _day_of_month,
        ),
    )
)


def day_at(text: str, place: int, today: date, past: bool) -> tuple[Days, int] | None:
    """Return the days named at ``place`` of ``text`` and where the words end."""
    for pattern, reader in PATTERNS:
        match = pattern.match(text, place)
        if match is None:
            continue
        days = _within_reason(reader, match, today, past)
        if days is not None:
            return days, match.end()
    return None


def _within_reason(reader: Reader, match: re.Match[str], today: date, past: bool) -> Days | None:
    try:
        days = reader(match, today, past)
    except (OverflowError, ValueError):  # a count that leaves the calendar: 999年后
        return None
    return days if days and days.start < days.end else None
