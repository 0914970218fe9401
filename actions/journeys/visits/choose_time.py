"""Times of a visit: only real ones with free capacity are offered and promised."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from actions.framework.answer import Choice
from actions.framework.say import pick
from actions.framework.turn import JourneyTurn
from actions.journeys.visits.offered_times import chooses_slot, chosen_slot
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


def visit_time_in(message: Message) -> dict[str, Any] | None:
    """Read the time wished for a visit: the first span that lies ahead and is not said to be inconvenient."""
    for found, (start, end) in zip(message.values("time"), message.spans("time"), strict=False):
        ahead = isinstance(found, dict) and datetime.fromisoformat(found["end"]) > message.received_at
        meant = not _INCONVENIENT.match(message.text[end:]) and not _BEFORE.search(message.text[:start])
        if ahead and meant:
            return dict(found)
    return None


def service_slot_answer(message: Message) -> Any | None:
    """Read the answer to “when?”: a time, or a choice among those offered."""
    return visit_time_in(message) or chooses_slot(message) or None


async def choose_service_slot(turn: JourneyTurn, service: str) -> ServiceSlot:
    """Return the free time that the customer chose.

    A wished time that one free span fits is taken (and restated before it is booked); an ambiguous one (8 o'clock:
    morning or evening?) is asked back; where nothing fits the next free times are offered. Whoever says the same wish
    again gets the first that fits.

    Raises:
        AwaitingAnswer: times were offered.
        JourneyEnded: no time is free at all.
    """
    kept = await _kept(turn)
    if kept is not None:
        return kept
    wished: dict[str, Any] | None = turn.get("visit_time")
    fitting = await _fitting(turn, service, wished) if wished else []
    if turn.may_answer("service_slot"):
        picked = chosen_slot(turn.message, fitting or await _next(turn, service))
        said = visit_time_in(turn.message)
        if picked is None and said is not None and said == wished and fitting:
            picked = fitting[0]
        if picked is not None:
            turn.accept_answer("service_slot", picked.id)
            return picked
        if said is not None:
            turn.accept_answer("visit_time", said)
            wished, fitting = said, await _fitting(turn, service, said)
    if len(fitting) == 1 and wished and len(_to_come(wished, turn.now)) == 1:
        turn.set("service_slot", fitting[0].id)
        return fitting[0]
    if wished and not fitting:
        turn.say("repair.time_full" if await _served(turn, service, wished) else "repair.time_unserved")
        turn.clear("visit_time")
    return await _offer(turn, service, fitting)


async def _kept(turn: JourneyTurn) -> ServiceSlot | None:
    """Return the time chosen before, as long as it is still free."""
    picked = turn.message.pick("service_slot") if turn.asked == "service_slot" else None
    if picked is not None:
        turn.accept_answer("service_slot", picked)
    chosen = turn.get("service_slot")
    if chosen is None:
        return None
    slot = await turn.session.get(ServiceSlot, int(chosen), populate_existing=True)
    if slot is not None and slot.start_at > turn.now and slot.taken < slot.capacity:
        return slot
    turn.clear("service_slot", "visit_time", "confirmed")
    turn.say("repair.slot_taken")
    return None


async def _next(turn: JourneyTurn, service: str) -> list[ServiceSlot]:
    return await booking.free_slots(turn.session, service=service, now=turn.now, limit=OFFERED)


async def _offer(turn: JourneyTurn, service: str, fitting: list[ServiceSlot]) -> ServiceSlot:
    offered = fitting or await _next(turn, service)
    if not offered:
        turn.continue_with("handoff_form", "repair.no_slots")
    choices = [Choice(s.id, "button.slot", start=s.start_at, end=s.end_at) for s in offered]
    drawn = [{"start": s.start_at, "end": s.end_at, "payload": pick("service_slot", s.id)} for s in offered]
    ask = "repair.ask_slot_of_wish" if fitting else "repair.ask_slot"
    custom = {"kind": "slots", "slots": drawn}
    picked = turn.need("service_slot", ask, lambda _: None, choices=choices, custom=custom)
    return await turn.session.get_one(ServiceSlot, int(picked))


async def _fitting(turn: JourneyTurn, service: str, wished: dict[str, Any]) -> list[ServiceSlot]:
    """Return the free spans that hold the wished hour or lie within the wished day, whichever way it is read."""
    found: dict[int, ServiceSlot] = {}
    for reading in [wished, *wished.get("alternatives", [])]:
        start, after, before = _search(reading, wished["grain"])
        slots = await booking.free_slots(
            turn.session, service=service, now=turn.now, after=after, before=before, limit=OFFERED
        )
        found.update({s.id: s for s in slots if after == start or s.start_at <= start < s.end_at})
    return sorted(found.values(), key=lambda slot: slot.start_at)[:OFFERED]


async def _served(turn: JourneyTurn, service: str, wished: dict[str, Any]) -> bool:
    """Tell whether engineers go out at the wished time at all, booked up or not."""
    for reading in [wished, *wished.get("alternatives", [])]:
        start, after, before = _search(reading, wished["grain"])
        planned = await booking.planned_slots(turn.session, service=service, after=after, before=before)
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
