"""Spoken times: what they mean, counted from when the message came."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.nlu.times import find_times
from phrasebook.china_time import SHANGHAI

FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)

SPOKEN = [
    ("明天下午三点", "11-21 15:00", "11-21 16:00", "hour"),
    ("后天上午", "11-22 08:00", "11-22 12:00", "half"),
    ("下周三", "11-25 00:00", "11-26 00:00", "day"),
    ("周末", "11-21 00:00", "11-23 00:00", "range"),
    ("今晚八点", "11-20 20:00", "11-20 21:00", "hour"),
    ("三天后", "11-23 00:00", "11-24 00:00", "day"),
    ("大后天", "11-23 00:00", "11-24 00:00", "day"),
    ("月底", "11-25 00:00", "12-01 00:00", "range"),
    ("中午", "11-20 11:00", "11-20 14:00", "half"),
    ("下班后", "11-20 18:00", "11-20 21:00", "half"),
    ("元旦前", "11-20 00:00", "01-01 00:00", "range"),
    ("两点一刻", "11-20 14:15", "11-20 14:16", "minute"),
    ("14:30", "11-20 14:30", "11-20 14:31", "minute"),
    ("周三到周五", "11-25 00:00", "11-28 00:00", "range"),
    ("下午2点到4点", "11-20 14:00", "11-20 16:00", "range"),
    ("明天上午9-11点", "11-21 09:00", "11-21 11:00", "range"),
    ("昨天下午", "11-19 12:00", "11-19 18:00", "half"),
    ("上周五", "11-13 00:00", "11-14 00:00", "day"),
    ("前天", "11-18 00:00", "11-19 00:00", "day"),
    ("三天前", "11-17 00:00", "11-18 00:00", "day"),
    ("12月8号9点半", "12-08 09:30", "12-08 09:31", "minute"),
    ("10月8号买的", "10-08 00:00", "10-09 00:00", "day"),
    ("10月8号到12号", "10-08 00:00", "10-13 00:00", "range"),
    ("周三买的", "11-18 00:00", "11-19 00:00", "day"),
    ("今晚12点", "11-21 00:00", "11-21 01:00", "hour"),
    ("中午一点", "11-20 13:00", "11-20 14:00", "hour"),
    ("差一刻三点", "11-20 14:45", "11-20 14:46", "minute"),
    ("下午三点以后", "11-20 15:00", "11-21 00:00", "range"),
    ("五点前送到", "11-20 10:00", "11-20 17:00", "range"),
    ("半小时后", "11-20 10:30", "11-20 10:31", "minute"),
    ("明天周六", "11-21 00:00", "11-22 00:00", "day"),
    ("下个月5号", "12-05 00:00", "12-06 00:00", "day"),
]  # fmt: skip


FRIDAY_NIGHT = FRIDAY.replace(hour=21)


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("周五下午", "11-27 12:00"),
        ("周五上午十点", "11-27 10:00"),
        ("周五晚上十点", "11-20 22:00"),
        ("周五下午买的", "11-20 12:00"),
        ("这周五下午", "11-20 12:00"),
        ("今天下午", "11-20 12:00"),
    ],
)
def test_a_weekday_whose_hour_is_over_is_the_next_one(words: str, start: str) -> None:
    """周五下午 said on a Friday night is next Friday, unless the words speak of what was."""
    interval = find_times(words, FRIDAY_NIGHT)[0].interval
    assert f"{interval.start:%m-%d %H:%M}" == start


def test_the_hour_that_is_over_stays_as_a_second_reading() -> None:
    """Who tells of a Friday afternoon on that night may mean the one that was."""
    interval = find_times("周五下午", FRIDAY_NIGHT)[0].interval
    assert [f"{start:%m-%d}" for start, _ in interval.alternatives] == ["11-27", "11-20"]


@pytest.mark.parametrize(("words", "start", "end", "grain"), SPOKEN, ids=[row[0] for row in SPOKEN])
def test_spoken_time(words: str, start: str, end: str, grain: str) -> None:
    """A spoken time becomes the interval it means on the day it was said."""
    interval = find_times(words, FRIDAY)[0].interval
    assert (f"{interval.start:%m-%d %H:%M}", f"{interval.end:%m-%d %H:%M}", interval.grain) == (start, end, grain)


@pytest.mark.parametrize(
    "words",
    [
        "便宜一点",
        "快点发货",
        "一点也不好",
        "早上好",
        "晚安",
        "7日无理由退货",
        "文三路478号",
        "8号楼",
        "每周三",
        "两点建议",
        "一天到晚",
    ],
)
def test_no_time(words: str) -> None:
    """Words that only look like a time are none."""
    assert find_times(words, FRIDAY) == []


def test_bare_hour_is_ambiguous() -> None:
    """明天8点 can be morning or evening: both readings are told."""
    interval = find_times("明天8点", FRIDAY)[0].interval
    assert interval.ambiguous
    assert [start.hour for start, _ in interval.alternatives] == [8, 20]


def test_hour_that_has_passed_today() -> None:
    """今天7点 said at ten in the morning can only be the evening."""
    interval = find_times("今天7点", FRIDAY)[0].interval
    assert not interval.ambiguous
    assert interval.start.hour == 19


def test_tomorrow_after_midnight() -> None:
    """明天 said after midnight has two readings, the day before sleeping among them."""
    night = FRIDAY.replace(hour=0, minute=30)
    interval = find_times("明天上午来", night)[0].interval
    assert interval.ambiguous
    assert [start.day for start, _ in interval.alternatives] == [21, 20]


def test_tonight_is_counted_from_the_message() -> None:
    """今晚 means the evening of the day on which the message came, however late it is answered."""
    assert find_times("今晚", FRIDAY)[0].interval.start.date() == FRIDAY.date()


WORDS = st.sampled_from(
    [
        "今",
        "明",
        "后",
        "大",
        "天",
        "周",
        "末",
        "上",
        "下",
        "个",
        "月",
        "年",
        "号",
        "日",
        "点",
        "半",
        "刻",
        "分",
        "早",
        "晚",
        "午",
        "一",
        "二",
        "三",
        "十",
        "两",
        "零",
        "8",
        "12",
        "30",
        ":",
        "-",
        "/",
        "前",
        "后",
        "到",
        "国庆",
        "节",
        "星期",
        "差",
        "过",
        "内",
        "之",
        "以",
    ]
)
TEXTS = st.lists(WORDS, max_size=12).map("".join) | st.text(max_size=40)


@given(TEXTS, st.datetimes(datetime(2024, 1, 1), datetime(2031, 12, 31)))
def test_any_text_is_read(text: str, now: datetime) -> None:
    """No text makes the parser raise, and what it finds lies in the text, in order, and ends after it begins."""
    place = 0
    for found in find_times(text, now.replace(tzinfo=SHANGHAI)):
        assert place <= found.start < found.end <= len(text)
        assert found.interval.start < found.interval.end
        assert all(start < end for start, end in found.interval.alternatives)
        place = found.end


@given(st.datetimes(datetime(2026, 11, 20), datetime(2027, 4, 20)))
def test_written_date_is_read_back(moment: datetime) -> None:
    """A date and time written out in Chinese is read back to the minute."""
    moment = moment.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
    words = f"{moment.year}年{moment.month}月{moment.day}日{moment.hour:02d}:{moment.minute:02d}"
    (found,) = find_times(words, FRIDAY)
    assert found.interval.start == moment
    assert found.end == len(words)


@given(st.integers(1, 400))
def test_days_from_now(count: int) -> None:
    """N天后 is N days on, whatever N."""
    (found,) = find_times(f"{count}天后", FRIDAY)
    assert found.interval.start.date() == FRIDAY.date() + timedelta(days=count)
