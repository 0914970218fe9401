"""Times of a visit: only real ones with free capacity are offered and promised."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from actions.framework.case import Case, Option
from actions.framework.say import pick
from actions.journeys.visits.offered_times import chooses, chosen
from actions.reading.message import Message
from bot.desk.models import ServiceSlot
from bot.desk.visits import booking

OFFERED = 6
_INCONVENIENT = re.compile(
    r"[^，。,；;]{0,4}?(不在|没空|没时间|没人|(?<!行)不行(?![吗么嘛?？])|不方便|不可以|不成|有事|要?上班|出差|来不了|不能)"
)
"""Stands behind a time at which nobody is to come."""
_BEFORE = re.compile(
    r"(原来|原先|原定|本来|之前|先前|上次)[^，。,;；]{0,8}$|约(的|好的?|了)(是|在)?$|(不(是|要|在|约)|别(约|在)?)$"
)
"""Stands before the time that was agreed so far, or that is not meant."""
LONGEST = timedelta(hours=4)
"""No service span is longer."""


def wished_time(message: Message) -> dict[str, Any] | None:
    """Read the time wished for a visit: the first span that lies ahead and is not said to be inconvenient."""
    for found, (start, end) in zip(message.values("time"), message.spans("time"), strict=False):
        ahead = isinstance(found, dict) and datetime.fromisoformat(found["end"]) > message.received_at
        meant = not _INCONVENIENT.match(message.text[end:]) and not _BEFORE.search(message.text[:start])
        if ahead and meant:
            return dict(found)
    return None


def slot_answer(message: Message) -> Any | None:
    """Read the answer to “when?”: a time, or a choice among those offered."""
    return wished_time(message) or chooses(message) or None


async def choose_slot(case: Case, service: str) -> ServiceSlot:
    """Return the free time that the customer chose.

    A wished time that one free span fits is taken (and restated before it is booked); an ambiguous one (8 o'clock:
    morning or evening?) is asked back; where nothing fits the next free times are offered. Whoever says the same wish
    again gets the first that fits.

    Raises:
        Waiting: times were offered.
        Left: no time is free at all.
    """
    kept = await _kept(case)
    if kept is not None:
        return kept
    wished: dict[str, Any] | None = case.get("wished")
    fitting = await _fitting(case, service, wished) if wished else []
    if case.asked == "slot" and not case.answered:
        picked = chosen(case.message, fitting or await _next(case, service))
        said = wished_time(case.message)
        if picked is None and said is not None and said == wished and fitting:
            picked = fitting[0]
        if picked is not None:
            case.take("slot", picked.id)
            return picked
        if said is not None:
            case.take("wished", said)
            wished, fitting = said, await _fitting(case, service, said)
    if len(fitting) == 1 and wished and len(_to_come(wished, case.now)) == 1:
        case.set("slot", fitting[0].id)
        return fitting[0]
    if wished and not fitting:
        case.say("repair.time_full" if await _served(case, service, wished) else "repair.time_unserved")
        case.clear("wished")
    return await _offer(case, service, fitting)


async def _kept(case: Case) -> ServiceSlot | None:
    """Return the time chosen before, as long as it is still free."""
    picked = case.message.pick("slot") if case.asked == "slot" else None
    if picked is not None:
        case.take("slot", picked)
    chosen = case.get("slot")
    if chosen is None:
        return None
    slot = await case.session.get(ServiceSlot, int(chosen), populate_existing=True)
    if slot is not None and slot.start_at > case.now and slot.taken < slot.capacity:
        return slot
    case.clear("slot", "wished", "confirmed")
    case.say("repair.slot_taken")
    return None


async def _next(case: Case, service: str) -> list[ServiceSlot]:
    return await booking.free_slots(case.session, service=service, now=case.now, limit=OFFERED)


async def _offer(case: Case, service: str, fitting: list[ServiceSlot]) -> ServiceSlot:
    offered = fitting or await _next(case, service)
    if not offered:
        case.leave("handoff_form", "repair.no_slots")
    options = [Option(s.id, "button.slot", start=s.start_at, end=s.end_at) for s in offered]
    drawn = [{"start": s.start_at, "end": s.end_at, "payload": pick("slot", s.id)} for s in offered]
    ask = "repair.ask_slot_of_wish" if fitting else "repair.ask_slot"
    custom = {"kind": "slots", "slots": drawn}
    picked = case.need("slot", ask, lambda _: None, options=options, custom=custom)
    return await case.session.get_one(ServiceSlot, int(picked))


async def _fitting(case: Case, service: str, wished: dict[str, Any]) -> list[ServiceSlot]:
    """Return the free spans that hold the wished hour or lie within the wished day, whichever way it is read."""
    found: dict[int, ServiceSlot] = {}
    for reading in [wished, *wished.get("alternatives", [])]:
        start, after, before = _search(reading, wished["grain"])
        slots = await booking.free_slots(
            case.session, service=service, now=case.now, after=after, before=before, limit=OFFERED
        )
        found.update({s.id: s for s in slots if after == start or s.start_at <= start < s.end_at})
    return sorted(found.values(), key=lambda slot: slot.start_at)[:OFFERED]


async def _served(case: Case, service: str, wished: dict[str, Any]) -> bool:
    """Tell whether engineers go out at the wished time at all, booked up or not."""
    for reading in [wished, *wished.get("alternatives", [])]:
        start, after, before = _search(reading, wished["grain"])
        planned = await booking.planned_slots(case.session, service=service, after=after, before=before)
        if any(after == start or s.start_at <= start < s.end_at for s in planned):
            return True
    return False


def _search(reading: dict[str, Any], grain: str) -> tuple[datetime, datetime, datetime]:
    """Return the wished start, and between which starts a span is looked for: an hour may lie within a span."""
    start, end = _bounds(reading)
    after = start - LONGEST if grain in ("hour", "minute") else start
    return start, after, max(end, start + timedelta(minutes=1))


def _to_come(wished: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """Return the readings of a wished time that are not over: nobody wishes for a visit in the past."""
    readings = wished.get("alternatives") or [wished]
    return [reading for reading in readings if _bounds(reading)[1] > now]


def _bounds(wished: dict[str, Any]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(wished["start"]), datetime.fromisoformat(wished["end"])
