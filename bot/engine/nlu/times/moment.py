"""Put day, part of the day and clock together into an interval."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.engine.nlu.times.calendar import Days, one_day
from bot.engine.nlu.times.clock import Clock, Part
from phrasebook.china_time import SHANGHAI


@dataclass(frozen=True)
class Interval:
    """A time with its grain: ``day``, ``half`` (part of a day), ``hour``, ``minute`` or ``range``."""

    start: datetime
    end: datetime
    grain: str
    alternatives: tuple[tuple[datetime, datetime], ...] = field(default=())

    @property
    def ambiguous(self) -> bool:
        """Say whether the words have a second reading."""
        return len(self.alternatives) > 1

    def value(self) -> dict[str, object]:
        """Return the entity's value as docs/design.md gives it."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "grain": self.grain,
            "ambiguous": self.ambiguous,
            "alternatives": [{"start": s.isoformat(), "end": e.isoformat()} for s, e in self.alternatives],
        }


@dataclass(frozen=True)
class Moment:
    """What was said: any of days, part of the day and clock."""

    days: Days | None = None
    part: Part | None = None
    clock: Clock | None = None

    @property
    def empty(self) -> bool:
        """Say whether nothing was said."""
        return self.days is None and self.part is None and self.clock is None


def at(day: date, hours: float) -> datetime:
    """Return ``day`` at ``hours`` after midnight in Shanghai; 24 and more lie on the next day."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return midnight + timedelta(hours=hours)


def resolve(moment: Moment, now: datetime, *, past: bool) -> Interval | None:
    """Return the interval of ``moment`` seen from ``now``, or None when nothing was said.

    Args:
        now: when the message was received, with its zone.
        past: the words around speak of something that has happened.
    """
    now = now.astimezone(SHANGHAI)
    interval = _resolved(moment, now, past)
    # 周六下午 on a Saturday evening is next Saturday: this one's afternoon is over.
    if interval and moment.days and moment.days.weekly and interval.end <= now:
        following = one_day(moment.days.start + timedelta(weeks=1))
        coming = _resolved(replace(moment, days=following), now, past)
        if coming:
            return replace(coming, alternatives=((coming.start, coming.end), (interval.start, interval.end)))
    return interval


def _resolved(moment: Moment, now: datetime, past: bool) -> Interval | None:
    if moment.clock:
        return _clocked(moment, moment.clock, now, past)
    if moment.part:
        return _parted(moment.days, moment.part, now, past)
    return _whole_days(moment.days, now) if moment.days else None


def _whole_days(days: Days, now: datetime) -> Interval:
    start, end = at(days.start, 0), at(days.end, 0)
    if not days.single:
        return Interval(start, end, "range")
    others = _night_readings(days, now)
    return Interval(start, end, "day", tuple((at(day, 0), at(day, 24)) for day in others))


def _night_readings(days: Days, now: datetime) -> list[date]:
    """Return both readings of 明天 said after midnight: the calendar's, and the one before sleeping."""
    tomorrow = now.date() + timedelta(days=1)
    if now.hour < 5 and days.single and days.start == tomorrow and days.other == now.date():
        return [tomorrow, now.date()]
    return []


def _parted(days: Days | None, part: Part, now: datetime, past: bool) -> Interval:
    if days is not None:
        last = days.end - timedelta(days=1)
        if not days.single:
            return Interval(at(days.start, part.start), at(last, part.end), "range")
        others = [(at(day, part.start), at(day, part.end)) for day in _night_readings(days, now)]
        return Interval(at(days.start, part.start), at(last, part.end), "half", tuple(others))
    today = (at(now.date(), part.start), at(now.date(), part.end))
    if past or today[1] > now:
        return Interval(*today, "half")
    tomorrow = (today[0] + timedelta(days=1), today[1] + timedelta(days=1))
    return Interval(*tomorrow, "half", (tomorrow, today))


def _clocked(moment: Moment, clock: Clock, now: datetime, past: bool) -> Interval:
    hours = _hours(clock, moment.part)
    length = timedelta(minutes=1) if clock.exact else timedelta(hours=1)
    grain = "minute" if clock.exact else "hour"
    if moment.days is not None:
        starts = [at(moment.days.start, hour + clock.minute / 60) for hour in hours]
        if moment.days.start == now.date() and len(starts) > 1:
            starts = _still_possible(starts, now, past)
        starts += [
            at(day, hour + clock.minute / 60) for day in _night_readings(moment.days, now)[1:] for hour in hours[:1]
        ]
    else:
        starts = _undated(hours, clock, now, past, parted=moment.part is not None)
    choices = tuple((start, start + length) for start in starts)
    return Interval(*choices[0], grain, choices if len(choices) > 1 else ())


def _hours(clock: Clock, part: Part | None) -> list[int]:
    """Return the hours after midnight that the spoken hour can mean."""
    hour = clock.hour
    if part is not None:
        return [_hour_in(hour, part)]
    if hour >= 13 or hour == 0 or hour == 12:
        return [hour]
    if clock.digital:
        return [hour]
    if hour in {6, 7, 8}:
        return [hour, hour + 12]
    return [hour + 12] if hour <= 5 else [hour]


def _hour_in(hour: int, part: Part) -> int:
    if part.name == "中午":
        return hour + 12 if 1 <= hour <= 3 else hour
    if part.name in {"晚上", "深夜", "下班后"}:
        if hour in {0, 12}:
            return 24
        return hour + 24 if hour <= 4 else hour + 12 if hour < 12 else hour
    if part.late:
        return hour + 12 if hour < 12 else hour
    return 0 if part.name == "凌晨" and hour in {12, 24} else hour


def _still_possible(starts: list[datetime], now: datetime, past: bool) -> list[datetime]:
    """Keep the readings that lie on the side of ``now`` the words speak of."""
    kept = [start for start in starts if (start <= now if past else start >= now)]
    return kept or starts[:1]


def _undated(hours: list[int], clock: Clock, now: datetime, past: bool, *, parted: bool) -> list[datetime]:
    minutes = clock.minute / 60
    today = [at(now.date(), hour + minutes) for hour in hours]
    if past:
        earlier = [start for start in today if start <= now]
        return earlier[-1:] or [today[0] - timedelta(days=1)]
    running = timedelta(0) if clock.exact else timedelta(hours=1)
    if len(today) > 1:
        return sorted(start if start + running > now else start + timedelta(days=1) for start in today)
    if today[0] + running > now:
        return today
    tonight = today[0] + timedelta(hours=12)
    tomorrow = today[0] + timedelta(days=1)
    return [tomorrow, tonight] if 9 <= hours[0] <= 11 and not clock.digital and not parted else [tomorrow]
