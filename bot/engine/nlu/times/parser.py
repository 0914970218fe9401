"""Find spoken times in folded Chinese text and count them from when the message came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.engine.nlu.times.calendar import Days
from bot.engine.nlu.times.clock import Clock, clock_at, part_at
from bot.engine.nlu.times.days import day_at
from bot.engine.nlu.times.moment import Interval, Moment, at, resolve
from bot.engine.nlu.times.patterns import NUMBER
from phrasebook.china_time import SHANGHAI
from phrasebook.numerals import read_number

_TRIGGER = re.compile(
    r"[今去明昨后前大上下本这周星礼月年半过再近凌早清中正午晌头傍晚夜深白一二三四五六七八九十两几零〇差元情妇清劳儿国双圣平春端新除腊大\d]"
)
_JOIN = re.compile(r"\s*(?:到|至|~|-|—|–|～)\s*")
_AFTER = re.compile(r"(?:以|之|过)?后(?!面|台|门|排|盖|天)|(?:开始)?起(?!来|码)")
_BEFORE = re.compile(r"(?:以|之)?前(?!面|台|门|排|天)")
_WITHIN = re.compile(r"(?:之|以)?内")
_FILL = re.compile(r"\s*(?:的|呢|吧|那天|左右)?\s*")
_SHORT_RANGE = re.compile(r"(?<![\d.:])(?P<first>\d{1,2})\s*(?:到|至|-|~)\s*(?P<second>\d{1,2}点)")
_SPAN = re.compile(
    rf"(?P<count>{NUMBER}|半)个?(?P<plus>半)?(?P<unit>小时|钟头|分钟|刻钟)(?:以|之|过)?(?P<way>后|前|内)"
)
_HAPPENED = re.compile(
    r"[^,，。.!！?？;；\n]{0,6}?(?:(?:买|下单|下|拍|付款|付|收到|收|签收|到货|到|来|装|送|坏|打|报修|申请|寄|退|说|换|修|订|取消|发货|发|停|断|开通|约|预约|充|交|扣)(?:过?的|了|过)|就没|还好好|还能|已经|刚)"
)
_BARE_DAY = re.compile(rf"(?:周|星期|礼拜)[一二三四五六日天]|{NUMBER}[号日]")
_HAPPENED_BEFORE = re.compile(r"(?:从|自从|打从|自)$|(?:是|在)$")
_TO_COME = re.compile(r"[^,，。.!！?？;；\n]{0,8}?(?:能不能|可以|能|行|吧|再|来得及|方便|上门|要|会|吗)")


@dataclass(frozen=True)
class TimeFound:
    """A time in the text: span in folded characters and its interval."""

    start: int
    end: int
    interval: Interval


@dataclass(frozen=True)
class _Read:
    moment: Moment
    start: int
    end: int


def find_times(text: str, now: datetime) -> list[TimeFound]:
    """Return the times in ``text`` from left to right, without overlap.

    Args:
        text: folded text (simplified, half width, lower case).
        now: when the message was received; a zone is needed.
    """
    return list(_scan(text, now.astimezone(SHANGHAI)))


def _scan(text: str, now: datetime) -> Iterator[TimeFound]:
    place = 0
    while trigger := _TRIGGER.search(text, place):
        place = trigger.start()
        found = _span_of_hours(text, place, now) or _range_or_moment(text, place, now)
        if found is None:
            place += 1
            continue
        yield found
        place = found.end


def _span_of_hours(text: str, place: int, now: datetime) -> TimeFound | None:
    match = _SPAN.match(text, place)
    if match is None:
        return None
    count = 0.5 if match["count"] == "半" else float(read_number(match["count"]) or 0)
    count += 0.5 if match["plus"] else 0
    minutes = count * {"小时": 60, "钟头": 60, "分钟": 1, "刻钟": 15}[match["unit"]]
    delta = timedelta(minutes=minutes)
    if match["way"] == "内":
        return TimeFound(place, match.end(), Interval(now, now + delta, "range"))
    there = now - delta if match["way"] == "前" else now + delta
    return TimeFound(place, match.end(), Interval(there, there + timedelta(minutes=1), "minute"))


def _range_or_moment(text: str, place: int, now: datetime) -> TimeFound | None:
    past = False
    read = _moment_at(text, place, now, past=False)
    if read is None:
        return None
    past = _speaks_of_past(text, read)
    if past:
        read = _moment_at(text, place, now, past=True) or read
    ranged = _range_from(text, read, now, past)
    if ranged:
        return ranged
    interval = resolve(read.moment, now, past=past)
    if interval is None:
        return None
    return _sided(text, read, interval, now)


def _speaks_of_past(text: str, read: _Read) -> bool:
    if _HAPPENED_BEFORE.search(text, 0, read.start) and text[max(0, read.start - 2) : read.start].endswith(
        ("从", "自")
    ):
        return True
    happened = _HAPPENED.match(text, read.end)
    if happened is None:
        return False
    to_come = _TO_COME.match(text, read.end)
    return to_come is None or to_come.end() > happened.end()


def _moment_at(text: str, place: int, now: datetime, *, past: bool) -> _Read | None:
    """Read a moment that begins at ``place``: a day, a part of the day, a clock, in this order."""
    end = place
    days = part = clock = None
    if named := day_at(text, place, now.date(), past):
        days, end = named
        if now.hour < 5 and text[place : place + 2] in {"明天", "明早", "明晚", "明日", "明儿"}:
            days = replace(days, other=now.date())
    step = _FILL.match(text, end).end() if days else end  # type: ignore[union-attr]  # the pattern matches the empty text
    after_day = days is not None and step == end
    if days is not None and (second := _day_again(text, step, now, past, days)):
        days, end = second
        step = end
    if parted := part_at(text, step, after_day=after_day):
        part, end = parted
        if twice := part_at(text, end, after_day=False):  # 今晚凌晨, 晚上半夜
            part, end = twice
        step = _FILL.match(text, end).end()  # type: ignore[union-attr]
    if ticked := clock_at(text, step, led=days is not None or part is not None):
        clock, end = ticked
    moment = Moment(days, part, clock)
    return None if moment.empty else _Read(moment, place, end)


def _day_again(text: str, place: int, now: datetime, past: bool, days: Days) -> tuple[Days, int] | None:
    """Return a date that only repeats the day: 明天周三, 下周三8号."""
    again = day_at(text, place, now.date(), past)
    if again and again[0].single and days.single and place < len(text):
        return (days, again[1]) if again[0].start == days.start else again
    return None


def _range_from(text: str, first: _Read, now: datetime, past: bool) -> TimeFound | None:
    join = _JOIN.match(text, first.end)
    if join is None:
        return _short_range(text, first, now, past)
    second = _closing_moment(text, join.end(), first, now, past)
    if second is None or (join[0].strip() == "到" and second.moment.empty):
        return None
    return _joined(first, second, now, past)


def _closing_moment(text: str, place: int, first: _Read, now: datetime, past: bool) -> _Read | None:
    """Read the end of a range; a bare weekday or day of the month counts from the range's beginning."""
    if first.moment.days and _BARE_DAY.match(text, place):
        opening = at(first.moment.days.start, 12)
        return _moment_at(text, place, opening, past=False)
    return _moment_at(text, place, now, past=past)


def _joined(first: _Read, second: _Read, now: datetime, past: bool) -> TimeFound | None:
    left, right = first.moment, second.moment
    if right.days is None:
        right = replace(right, days=left.days)
        if right.part is None and right.clock and left.part and left.clock:
            right = replace(right, part=left.part)
    elif left.days and right.days.start < left.days.start:
        right = replace(right, days=Days(right.days.start + timedelta(weeks=1), right.days.end + timedelta(weeks=1)))
    if left.clock is None and left.part is None and right.part and right.clock is None and left.days:
        left = replace(left, part=right.part)
    begin, finish = resolve(left, now, past=past), resolve(right, now, past=past)
    if begin is None or finish is None:
        return None
    start, end = begin.start, finish.start if right.clock else finish.end
    if right.clock and end <= start:
        end = _later(end, start)
    if end <= start:
        return None
    return TimeFound(first.start, second.end, Interval(start, end, "range", _range_choices(begin, finish, right.clock)))


def _later(end: datetime, start: datetime) -> datetime:
    for hours in (12, 24):
        if end + timedelta(hours=hours) > start:
            return end + timedelta(hours=hours)
    return end


def _range_choices(begin: Interval, finish: Interval, clock: Clock | None) -> tuple[tuple[datetime, datetime], ...]:
    if clock is None or not (begin.ambiguous and finish.ambiguous):
        return ()
    return tuple((s, e) for (s, _), (e, _) in zip(begin.alternatives, finish.alternatives, strict=False) if e > s)


def _short_range(text: str, first: _Read, now: datetime, past: bool) -> TimeFound | None:
    """Read 上午9-11点: a first hour without its 点."""
    if first.moment.clock is not None:
        return None
    match = _SHORT_RANGE.match(text, first.end)
    if match is None:
        return None
    opening = Clock(int(match["first"]), 0, exact=False, digital=False)
    closing = clock_at(text, match.start("second"), led=True)
    if opening.hour > 24 or closing is None:
        return None
    left = _Read(replace(first.moment, clock=opening), first.start, match.start("second"))
    return _joined(left, _Read(Moment(clock=closing[0]), match.start("second"), closing[1]), now, past)


def _sided(text: str, read: _Read, interval: Interval, now: datetime) -> TimeFound:
    """Turn 五点前, 三点以后, 今天之内 into ranges."""
    if after := _AFTER.match(text, read.end):
        start = interval.start if read.moment.clock else interval.end if read.moment.days is None else interval.start
        if read.moment.clock is None and read.moment.part is None and "起" not in after[0]:
            start = interval.end
            return TimeFound(read.start, after.end(), Interval(start, start + timedelta(days=7), "range"))
        end = at(start.date(), 24)
        return TimeFound(read.start, after.end(), _sided_interval(interval, start, end, ends=False))
    if before := _BEFORE.match(text, read.end):
        start = now if interval.start.date() == now.date() else at(interval.start.date(), 0)
        if read.moment.clock is None and read.moment.part is None:
            start = now
        if start < interval.start:
            return TimeFound(read.start, before.end(), _sided_interval(interval, start, interval.start, ends=True))
    if within := _WITHIN.match(text, read.end):
        start = max(now, interval.start)
        if start < interval.end:
            return TimeFound(read.start, within.end(), Interval(start, interval.end, "range"))
    return TimeFound(read.start, read.end, interval)


def _sided_interval(interval: Interval, start: datetime, end: datetime, *, ends: bool) -> Interval:
    if not interval.ambiguous:
        return Interval(start, end, "range")
    if ends:
        choices = tuple((start, other) for other, _ in interval.alternatives if other > start)
    else:
        choices = tuple((other, at(other.date(), 24)) for other, _ in interval.alternatives)
    return Interval(start, end, "range", choices if len(choices) > 1 else ())
