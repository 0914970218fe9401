"""Words for parts of the day and for the clock: 下午, 今晚八点, 两点一刻, 14:30."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.engine.nlu.times.patterns import NUMBER
from phrasebook.numerals import read_number


@dataclass(frozen=True)
class Part:
    """A part of the day in hours; ``late`` moves the clock's hours past noon."""

    name: str
    start: float
    end: float
    late: bool = False


_PARTS = {
    name: part
    for names, part in (
        (("凌晨",), Part("凌晨", 0, 6)),
        (("清晨", "早晨", "早上", "大清早", "一大早", "一早", "大早上", "早", "晨"), Part("早上", 6, 10)),
        (("上午", "头晌", "上半天"), Part("上午", 8, 12)),
        (("中午", "晌午", "正午", "午间", "午休"), Part("中午", 11, 14, late=True)),
        (("下午", "午后", "后晌", "下晌", "下半天"), Part("下午", 12, 18, late=True)),
        (("傍晚",), Part("傍晚", 17, 19, late=True)),
        (("晚上", "晚间", "夜里", "夜晚", "夜间", "大晚上", "晚", "夜"), Part("晚上", 18, 24, late=True)),
        (("半夜", "深夜", "大半夜"), Part("深夜", 22, 24, late=True)),
        (("下班后", "下班以后", "下班之后", "下了班"), Part("下班后", 18, 21, late=True)),
        (("白天",), Part("白天", 8, 18)),
    )
    for name in names
}
_SHORT = {"早", "晨", "晚", "夜"}
_LONG = sorted((name for name in _PARTS if name not in _SHORT), key=len, reverse=True)
PART = re.compile(rf"(?:{'|'.join(_LONG)})(?!好|安(?![排装检])|餐|饭|班族|茶|高峰)")
SHORT_PART = re.compile(
    r"[早晚晨夜](?!点[发送到来装修退给回]|一?点(?:$|[^\d半])|餐|饭|班|会|就|了|安(?![排装检])|好|市|已|知|间)"
)
_MINUTE = rf"(?:(?P<half>半)|(?P<quarter>[一三1-3])刻|(?P<minute>{NUMBER})分?(?!钟|[个块元月日号天])|整)?"
CLOCK = re.compile(
    r"(?:(?<![\d.:])(?P<hh>\d{1,2}):(?P<mm>[0-5]\d)(?::[0-5]\d)?(?![\d:]))"
    rf"|(?:差(?P<lack>{NUMBER}分|[一三]刻)(?:钟)?(?:到)?(?P<lhour>{NUMBER})点)"
    rf"|(?:(?<![\d.])(?P<hour>{NUMBER})(?:点钟?|时(?=\d|[一二三四五六七八九十整半])){_MINUTE})"
)
ABOUT = re.compile(r"(?:左右|前后|多钟?|过(?!后|来|去|了|期)|钟)")
_LOOSE = {"一点", "1点", "两点", "几点", "三点", "四点", "五点", "2点", "3点", "4点"}
_OPINION = re.compile(r"建议|要求|意见|问题|原因|说明|希望|疑问|也|都|没|击|[儿不]|[\u4e00-\u9fff]?钱")
_HOURLY = re.compile(
    r"半|钟|整|多|左右|前|后|之|以|到|至|-|~|[一三]刻|$|[,，。.!！?？;； ]|来|送|上门|过来|安装|见|吧|可以|行|的|就|我"
)


@dataclass(frozen=True)
class Clock:
    """An hour and minute as spoken; ``exact`` when minutes were said."""

    hour: int
    minute: int
    exact: bool
    digital: bool


def part_at(text: str, place: int, *, after_day: bool) -> tuple[Part, int] | None:
    """Return the part of the day at ``place``; single characters count only right after a day."""
    match = PART.match(text, place)
    if match is None and after_day:
        match = SHORT_PART.match(text, place)
    return (_PARTS[match[0]], match.end()) if match else None


def clock_at(text: str, place: int, *, led: bool) -> tuple[Clock, int] | None:
    """Return the clock at ``place``.

    Args:
        led: a day or part stands before, so that 一点 is an hour and not “a little”.
    """
    match = CLOCK.match(text, place)
    if match is None:
        return None
    clock = _read(match)
    if clock is None or clock.hour > 24 or clock.minute > 59:
        return None
    end = match.end()
    if match["hour"] and match[0].rstrip("钟") in _LOOSE and not led and not _is_hour(text, end, match[0]):
        return None
    if match["hour"] and _OPINION.match(text, end) and not led:
        return None
    about = ABOUT.match(text, end)
    return clock, about.end() if about else end


def _is_hour(text: str, end: int, words: str) -> bool:
    if words.startswith(("一点", "1点", "几点")) and not re.match(
        r"半|钟|整|多|左右|[之以]?[前后]|[一三]刻|到|-|~", text[end:]
    ):
        return words.endswith("钟")
    return _HOURLY.match(text, end) is not None


def _read(match: re.Match[str]) -> Clock | None:
    if match["hh"]:
        return Clock(int(match["hh"]), int(match["mm"]), exact=True, digital=True)
    if match["lhour"]:
        hour = read_number(match["lhour"])
        lack = match["lack"]
        minutes = 15 * (read_number(lack[0]) or 1) if lack.endswith("刻") else read_number(lack[:-1])
        if hour is None or minutes is None or not 0 < minutes < 60:
            return None
        return Clock((hour - 1) % 24, 60 - minutes, exact=True, digital=False)
    hour = read_number(match["hour"])
    if hour is None or "几" in match["hour"]:
        return None
    if match["half"]:
        return Clock(hour, 30, exact=True, digital=False)
    if match["quarter"]:
        return Clock(hour, 15 * (read_number(match["quarter"]) or 1), exact=True, digital=False)
    minute = read_number(match["minute"]) if match["minute"] else 0
    return None if minute is None else Clock(hour, minute, exact=bool(match["minute"]), digital=False)
