"""Make the times of engineers from the pack's plan."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

from pydantic import Field

from bot.desk.calendar.holidays import work_calendar
from bot.desk.models import ServiceSlot
from bot.desk.sessions import WriteSession
from bot.desk.shop.pack import Data, pack_file
from bot.desk.upsert import insert
from phrasebook.china_time import SHANGHAI


class SlotSpan(Data):
    """A span of a day and how many engineers go out in it."""

    start: time
    end: time
    weekday: int = Field(ge=0)
    weekend: int = Field(ge=0)


class SlotPlan(Data):
    """The file: spans by service, and holidays on which nobody goes out."""

    services: dict[str, tuple[SlotSpan, ...]]
    closed: tuple[str, ...]
    """Month and day, `01-01`."""
    closed_holidays: tuple[str, ...]
    """Names in the calendar of holidays."""


async def ensure_slots(session: WriteSession, *, now: datetime, days: int = 21, pack: Path | None = None) -> int:
    """Make the times from today on that are missing; those that exist stay as they are.

    Returns:
        How many were made.
    """
    plan = pack_file("slots.yml", SlotPlan, pack)
    today = now.astimezone(SHANGHAI).date()
    rows = [
        {
            "service": service,
            "start_at": datetime.combine(day, visit.start, SHANGHAI),
            "end_at": datetime.combine(day, visit.end, SHANGHAI),
            "capacity": capacity,
            "taken": 0,
        }
        for day in (today + timedelta(days=offset) for offset in range(days))
        if not _closed(plan, day)
        for service, visits in plan.services.items()
        for visit in visits
        if (capacity := visit.weekday if day.weekday() < 5 else visit.weekend)
    ]
    made = insert(session, ServiceSlot).on_conflict_do_nothing(index_elements=["service", "start_at"])
    found = await session.scalars(made.values(rows).returning(ServiceSlot.id)) if rows else ()
    return len(list(found))


def _closed(plan: SlotPlan, day: date) -> bool:
    name = work_calendar().holiday(day) or ""
    return f"{day:%m-%d}" in plan.closed or any(part in plan.closed_holidays for part in name.split("、"))
