"""Which of the offered times an answer means: “2点那个”, “下午的”, “早一点的”, “都行”."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from actions.reading.message import Message
from bot.desk.models import ServiceSlot
from phrasebook.china_time import SHANGHAI

_ANY = re.compile(
    r"最(早|近|快)|越(快|早)越好|尽快|尽早|都(行|可以|成|好)|随便|哪个都|无所谓|早(一?点|些)的?(那|这)?个?$|头一个|前面(的|那个)|你(们)?(定|安排)"
)
"""The first time that is free will do."""
_LATEST = re.compile(r"晚(一?点|些)的|后面(的|那个)|最晚|最后")
_HOUR = re.compile(r"(?<![\d第早晚快])(?P<hour>\d{1,2}|十[一二]?|[一二两三四五六七八九])\s*(?:点|时|[:：]\d\d)")
_PARTS: tuple[tuple[re.Pattern[str], range], ...] = (
    (re.compile(r"上午|早上|早晨|一早|明早"), range(6, 12)),
    (re.compile(r"中午"), range(11, 14)),
    (re.compile(r"下午|午后"), range(12, 18)),
)
_DAY = re.compile(r"今|明|后天|周|星期|礼拜|\d[号日月]|[一二三四五六七八九十][号日月]|天后|晚上|夜里|今晚")
"""A day is named, or a part of it in which nobody comes: then the words are a wish, not a choice."""
_FIGURES = {figure: number for number, figure in enumerate("一二三四五六七八九十", 1)} | {
    "两": 2,
    "十一": 11,
    "十二": 12,
}


def chooses_slot(message: Message) -> bool:
    """Tell whether the words choose among times, whichever were offered."""
    words = message.words
    named = any(pattern.search(words) for pattern in (_ANY, _LATEST, _HOUR, *(part for part, _ in _PARTS)))
    return named and not _DAY.search(words)


def chosen_slot(message: Message, offered: Sequence[ServiceSlot]) -> ServiceSlot | None:
    """Return the first of the offered times that the words fit; it is restated before it is booked."""
    words = message.words
    if not offered or not chooses_slot(message):
        return None
    fitting = [slot for slot in offered if all(fits(_local(slot)) for fits in _conditions(words))]
    if not fitting:
        return None
    return fitting[-1] if _LATEST.search(words) else fitting[0]


def _conditions(words: str) -> list[Callable[[tuple[datetime, datetime]], bool]]:
    found: list[Callable[[tuple[datetime, datetime]], bool]] = []
    if match := _HOUR.search(words):
        hour = int(match["hour"]) if match["hour"].isdigit() else _FIGURES[match["hour"]]
        # Of a clock with twelve hours the one that lies in working time is meant.
        found.append(lambda span: any(span[0].hour <= h < span[1].hour for h in (hour, hour + 12)))
    for pattern, hours in _PARTS:
        if pattern.search(words):
            found.append(lambda span, hours=hours: span[0].hour in hours)  # type: ignore[misc]
    return found


def _local(slot: ServiceSlot) -> tuple[datetime, datetime]:
    return slot.start_at.astimezone(SHANGHAI), slot.end_at.astimezone(SHANGHAI)
