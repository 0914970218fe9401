"""The days of the Chinese year: festivals by sun and moon, days of the lunar new year."""

from __future__ import annotations

from datetime import date, timedelta

from borax.calendars.lunardate import LCalendars, LunarDate, TermUtils

YEARS = range(1901, 2101)
"""The years that the almanac knows."""
_BY_SUN = {"元旦": (1, 1), "劳动节": (5, 1), "国庆": (10, 1)}
_BY_MOON = {"春节": (1, 1), "元宵": (1, 15), "端午": (5, 5), "七夕": (7, 7), "中秋": (8, 15), "重阳": (9, 9)}
_BY_TERM = ("清明", "冬至")
_LAST_MONTH = 12


def festival_day(name: str, year: int) -> date:
    """Return the day of a festival.

    Args:
        name: 元旦, 春节, 元宵, 清明, 劳动节, 端午, 七夕, 中秋, 重阳, 国庆 or 冬至.
        year: of the Gregorian calendar.

    Raises:
        KeyError: no such festival.
        ValueError: the almanac does not know the year.
    """
    if name in _BY_TERM:
        day: date = TermUtils.nth_term_day(year, term_name=name)
        return day
    if name in _BY_SUN:
        return date(year, *_BY_SUN[name])
    return lunar_day(year, *_BY_MOON[name])


def lunar_day(year: int, month: int, day: int) -> date:
    """Return a day of a lunar year, whose first day lies in the Gregorian year of the same number.

    Raises:
        ValueError: there is no such day, or the almanac does not know the year.
    """
    found: date = LunarDate(year, month, day).to_solar_date()
    return found


def days_of_last_month(year: int) -> int:
    """Return whether the last month (腊月) of a lunar year has 29 days or 30.

    Raises:
        ValueError: the almanac does not know the year.
    """
    days: int = LCalendars.ndays(year, _LAST_MONTH)
    return days


def statutory_holidays(year: int) -> dict[str, list[date]]:
    """Return the days off that the law gives in every year, before the State Council arranges weekends around them.

    Outside the years of the almanac only those by the sun. Source: 全国年节及纪念日放假办法, as amended in 2024.
    """
    spans = {
        "元旦": (date(year, 1, 1), 1),
        "劳动节": (date(year, 5, 1), 2),
        "国庆节": (date(year, 10, 1), 3),
    }
    if year in YEARS:
        spans |= {
            "春节": (festival_day("春节", year) - timedelta(days=1), 4),
            "清明节": (festival_day("清明", year), 1),
            "端午节": (festival_day("端午", year), 1),
            "中秋节": (festival_day("中秋", year), 1),
        }
    return {name: [first + timedelta(days=n) for n in range(length)] for name, (first, length) in spans.items()}
