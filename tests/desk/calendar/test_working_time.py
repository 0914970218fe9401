"""The working calendar and promised times."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.desk.calendar.holidays import HOLIDAYS, Table, WorkCalendar, work_calendar
from bot.desk.calendar.working_time import Hours, WorkingTime
from bot.desk.shop.pack import load_once
from bot.desk.tickets import sla
from bot.desk.tickets.sla import promise
from bot.desk.tickets.tickets import KINDS
from phrasebook.china_time import SHANGHAI

WEEKDAY = ["09:00-12:00", "13:00-18:00"]
WEEKEND = ["10:00-12:00"]
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), WEEKDAY)


def at(text: str) -> datetime:
    """Return an aware time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture(name="working", scope="module")
def _working() -> WorkingTime:
    """Return the working time of a shop with two spans a day and Saturday mornings."""
    hours = Hours.model_validate(WEEK | {"saturday": WEEKEND, "sunday": [], "makeup": WEEKDAY})
    return WorkingTime(hours, work_calendar())


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-14", True),  # Saturday worked for the Spring Festival
        ("2026-02-16", False),
        ("2026-02-28", True),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2025-10-08", False),
        ("2025-09-28", True),
        ("2026-11-21", False),
        ("2026-11-23", True),
        ("2027-02-08", False),
        ("2031-10-01", False),
        ("2031-10-02", False),
        ("2031-03-03", True),
    ],
)
def test_working_days(day: str, works: bool) -> None:
    """Holidays, make-up days, weekends and years that are not listed yet."""
    assert work_calendar().workday(date.fromisoformat(day)) is works


def test_arranged_years_are_those_of_the_holiday_package() -> None:
    """Every day of the years that are listed is a working day or none, as a package that others keep has it."""
    calendar = work_calendar()
    years = load_once(HOLIDAYS, Table).years
    days = [day for year in years for day in _days(year)]
    assert [day for day in days if calendar.workday(day) != chinese_calendar.is_workday(day)] == []


def test_other_years_have_the_days_of_the_law() -> None:
    """A year that is not arranged yet has its statutory holidays, those of the moon among them."""
    calendar = work_calendar()
    names = ("春节", "清明节", "端午节", "中秋节")
    found = {name: [day for day in _days(2033) if calendar.holiday(day) == name] for name in names}
    spring = [date(2033, 1, 30), date(2033, 1, 31), date(2033, 2, 1), date(2033, 2, 2)]
    single = {"清明节": date(2033, 4, 4), "端午节": date(2033, 6, 1), "中秋节": date(2033, 9, 8)}
    assert found == {"春节": spring} | {name: [day] for name, day in single.items()}


def _days(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(365)]


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2200, 1, 1)))
def test_no_day_raises(day: date) -> None:
    """The calendar has an answer for every day."""
    calendar: WorkCalendar = work_calendar()
    assert calendar.workday(day) in (True, False)


@pytest.mark.parametrize(
    ("now", "minutes", "done"),
    [
        ("2026-11-23T10:00", 60, "2026-11-23T11:00"),
        ("2026-11-23T11:30", 60, "2026-11-23T13:30"),  # over lunch
        ("2026-11-23T11:00", 60, "2026-11-23T12:00"),  # ends with the span
        ("2026-11-23T12:15", 60, "2026-11-23T14:00"),
        ("2026-11-23T17:30", 60, "2026-11-24T09:30"),  # over night
        ("2026-11-23T03:00", 30, "2026-11-23T09:30"),
        ("2026-11-27T17:00", 120, "2026-11-28T11:00"),  # Saturday morning
        ("2026-11-28T11:30", 60, "2026-11-30T09:30"),  # Sunday closed
        ("2026-09-30T17:30", 60, "2026-10-08T09:30"),  # over the National Day
        ("2026-10-10T17:30", 60, "2026-10-12T09:30"),  # a make-up Saturday has weekday hours
    ],
)
def test_working_minutes(working: WorkingTime, now: str, minutes: int, done: str) -> None:
    """Minutes count only while people work."""
    assert working.add(at(now), timedelta(minutes=minutes)) == at(done)


@pytest.mark.parametrize(
    ("now", "days", "done"),
    [
        ("2026-11-23T10:00", 1, "2026-11-24T18:00"),
        ("2026-11-23T23:00", 7, "2026-12-02T18:00"),
        ("2026-11-27T10:00", 1, "2026-11-30T18:00"),  # Saturday is no working day, though the shop is open
        ("2026-09-30T10:00", 1, "2026-10-08T18:00"),
        ("2026-10-09T10:00", 1, "2026-10-10T18:00"),
        ("2026-02-13T10:00", 1, "2026-02-14T18:00"),
    ],
)
def test_working_days_end_at_closing_time(working: WorkingTime, now: str, days: int, done: str) -> None:
    """Days count from the next working day and end with its work."""
    assert working.add_days(at(now), days) == at(done)


@given(
    st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2032, 1, 1)),
    st.integers(min_value=1, max_value=5_000),
    st.integers(min_value=0, max_value=5_000),
)
def test_time_adds_up(moment: datetime, first: int, second: int) -> None:
    """Adding twice is adding the sum, the result lies ahead, and in it people work or have just stopped."""
    hours = Hours.model_validate(WEEK | {"saturday": WEEKEND, "sunday": [], "makeup": WEEKDAY})
    working = WorkingTime(hours, work_calendar())
    now = moment.replace(tzinfo=SHANGHAI)
    one = working.add(now, timedelta(minutes=first))
    assert one > now
    assert working.add(one, timedelta(minutes=second)) >= one
    assert working.add(one, timedelta(minutes=second + 1)) == working.add(now, timedelta(minutes=first + second + 1))
    assert working.is_open(one - timedelta(seconds=1))


def test_open_and_next_opening(working: WorkingTime) -> None:
    """The shop is closed over lunch, and says when it opens."""
    assert working.is_open(at("2026-11-23T09:00"))
    assert not working.is_open(at("2026-11-23T12:00"))
    assert working.next_open(at("2026-11-23T12:00")) == at("2026-11-23T13:00")
    assert working.next_open(at("2026-11-28T12:00")) == at("2026-11-30T09:00")


def test_a_shop_that_never_opens_is_told() -> None:
    """Empty hours raise instead of counting for ever."""
    hours = Hours.model_validate({day: [] for day in (*WEEK, "saturday", "sunday", "makeup")})
    working = WorkingTime(hours, work_calendar())
    with pytest.raises(ValueError, match="hours"):
        working.add(at("2026-11-23T10:00"), timedelta(minutes=1))
    with pytest.raises(ValueError, match="hours"):
        working.add_days(at("2026-11-23T10:00"), 1)


@pytest.mark.parametrize("spans", [["9-12"], ["12:00-09:00"], ["09:00-12:00", "11:00-13:00"], "09:00-12:00"])
def test_wrong_hours_are_refused(spans: object) -> None:
    """Spans that cannot be read, run backwards or overlap are errors of the file."""
    with pytest.raises(ValidationError):
        Hours.model_validate(WEEK | {"monday": spans, "saturday": [], "sunday": [], "makeup": []})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("weight", sla.WEIGHTS)
def test_every_kind_and_weight_is_promised(kind: str, weight: str) -> None:
    """Each ticket that can be opened has a first reply that is not later than its end."""
    promised = promise(kind, weight, at("2026-11-23T10:00"))
    assert at("2026-11-23T10:00") < promised.first_reply_due_at <= promised.due_at


@pytest.mark.parametrize(
    ("kind", "weight", "now", "first", "due"),
    [
        ("consultation", "general", "2026-11-23T10:00", "2026-11-23T11:00", "2026-11-23T11:00"),
        ("complaint", "general", "2026-11-23T17:30", "2026-11-24T09:30", "2026-11-24T09:30"),
        ("complaint", "major", "2026-11-23T10:00", "2026-11-24T10:00", "2026-12-02T18:00"),
        ("callback", "general", "2026-11-23T10:00", "2026-11-23T15:00", "2026-11-23T15:00"),
        ("suggestion", "general", "2026-11-23T10:00", "2026-11-24T18:00", "2026-12-02T18:00"),
        ("emergency", "urgent", "2026-10-01T03:00", "2026-10-01T03:15", "2026-10-01T03:30"),
    ],
)
def test_promises_of_the_manual(kind: str, weight: str, now: str, first: str, due: str) -> None:
    """Service manual §3: what is promised within which time."""
    promised = promise(kind, weight, at(now))
    assert (promised.first_reply_due_at, promised.due_at) == (at(first), at(due))


def test_unknown_kind_lists_the_known() -> None:
    """A kind or weight without a rule is told with what there is."""
    with pytest.raises(ValueError, match="available: consultation"):
        promise("joke", "general", at("2026-11-23T10:00"))
    with pytest.raises(ValueError, match="available: general"):
        promise("refund", "huge", at("2026-11-23T10:00"))
