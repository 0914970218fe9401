"""Times of a visit: only real ones with free capacity are offered and promised."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from actions.case import Case, Option
from actions.message import Message
from actions.say import pick
from actions.times import span
from bot.desk import booking
from bot.desk.models import ServiceSlot

OFFERED = 6
_ANY = re.compile(r"最(早|近|快)|越(快|早)越好|尽快|都(行|可以|成)|随便|哪个都")
"""The first time that is free will do."""
LONGEST = timedelta(hours=4)
"""No service span is longer."""


def wished_time(message: Message) -> dict[str, Any] | None:
    """Read the time wished for a visit: a span that lies ahead."""
    found = span(message)
    if found is None or datetime.fromisoformat(found["end"]) <= message.received_at:
        return None
    return found


async def choose_slot(case: Case, service: str) -> ServiceSlot:
    """Return the free time that the customer chose.

    A wished time that one free span fits is taken (and restated before it is booked); an ambiguous one (8 o'clock:
    morning or evening?) is asked back; where nothing fits the next free times are offered.

    Raises:
        Waiting: times were offered.
        Left: no time is free at all.
    """
    kept = await _kept(case)
    if kept is not None:
        return kept
    if case.asked == "slot" and not case.answered and (said := wished_time(case.message)):
        case.take("wished", said)
    wished: dict[str, Any] | None = case.get("wished")
    fitting = await _fitting(case, service, wished) if wished else []
    if len(fitting) == 1 and wished and not wished["ambiguous"]:
        case.set("slot", fitting[0].id)
        return fitting[0]
    if wished and not fitting:
        case.say("repair.time_full")
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


async def _offer(case: Case, service: str, fitting: list[ServiceSlot]) -> ServiceSlot:
    offered = fitting or await booking.free_slots(case.session, service=service, now=case.now, limit=OFFERED)
    if not offered:
        case.leave("handoff_form", "repair.no_slots")
    options = [Option(s.id, "button.slot", start=s.start_at, end=s.end_at) for s in offered]
    drawn = [{"start": s.start_at, "end": s.end_at, "payload": pick("slot", s.id)} for s in offered]
    ask = "repair.ask_slot_of_wish" if fitting else "repair.ask_slot"
    custom = {"kind": "slots", "slots": drawn}
    picked = case.need(
        "slot", ask, lambda m: offered[0].id if _ANY.search(m.words) else None, options=options, custom=custom
    )
    return await case.session.get_one(ServiceSlot, int(picked))


async def _fitting(case: Case, service: str, wished: dict[str, Any]) -> list[ServiceSlot]:
    """Return the free spans that hold the wished hour or lie within the wished day, whichever way it is read."""
    found: dict[int, ServiceSlot] = {}
    for reading in [wished, *wished.get("alternatives", [])]:
        start, end = _bounds(reading)
        exact = wished["grain"] in ("hour", "minute")
        slots = await booking.free_slots(
            case.session,
            service=service,
            now=case.now,
            after=start - LONGEST if exact else start,
            before=max(end, start + timedelta(minutes=1)),
            limit=OFFERED,
        )
        found.update({s.id: s for s in slots if not exact or s.start_at <= start < s.end_at})
    return sorted(found.values(), key=lambda slot: slot.start_at)[:OFFERED]


def _bounds(wished: dict[str, Any]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(wished["start"]), datetime.fromisoformat(wished["end"])
