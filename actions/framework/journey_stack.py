"""Wishes that wait: those of one message behind its first, and journeys set aside for another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from actions.framework.intents import WISHES
from actions.framework.turn import JourneyTurn
from actions.reading.message import Message

MOST = 3
"""Journeys that wait at once."""
CARRIED = ("product", "order")
"""What a case is about beside its own facts: what is asked about in between does not take its place."""


def own_part(turn: JourneyTurn, *, resumable: bool) -> Message:
    """Keep the other wishes of the message for later and return the part that belongs to the case's journey.

    Args:
        turn: the turn that begins the journey.
        hard: its journey waits for the customer's return, so that two ways of wishing it are one wish.
    """
    message = turn.message
    later: list[dict[str, Any]] = turn.get("pending_wishes") or []
    if later and later[0].get("now") == message.id:
        turn.set("pending_wishes", later[1:] or None)
        return message.put_off(later[0])
    wishes = [w for w in message.wishes if w.intent in WISHES]
    forms = [WISHES[w.intent] for w in wishes]
    if turn.form not in forms:
        return message
    own = wishes[forms.index(turn.form)]
    # Two questions are two answers; two ways of wishing one return are one return.
    same = {w.intent for w in wishes if WISHES[w.intent] == turn.form} if resumable else {own.intent}
    rest = [w for w in wishes if w.intent not in same]
    if not rest:
        return message
    turn.set("pending_wishes", [message.part(w).for_later() for w in rest])
    return message.part(own)


def reroute(turn: JourneyTurn, intent: str) -> NoReturn:
    """Leave for the journey of an intent, which begins with this part of the message alone.

    Raises:
        JourneyEnded: always.
    """
    kept = {**turn.message.for_later(), "intent": intent, "now": turn.message.id}
    turn.set("pending_wishes", [kept, *(turn.get("pending_wishes") or [])])
    turn.leave(WISHES[intent])


def suspend(turn: JourneyTurn, facts: Iterable[str]) -> None:
    """Put the journey of a case aside with its facts, to be gone back to."""
    kept = {slot: turn.get(slot) for slot in (*facts, *CARRIED, "said_phrases") if turn.get(slot) is not None}
    stack: list[dict[str, Any]] = turn.get("suspended_journeys") or []
    turn.set("suspended_journeys", [*stack, {"form": turn.form, "facts": kept}][-MOST:])


def resume_same_form(turn: JourneyTurn) -> None:
    """Go on with the case that waits when the customer comes back to it by another wish of its kind."""
    stack: list[dict[str, Any]] = turn.get("suspended_journeys") or []
    if stack and stack[-1]["form"] == turn.form:
        turn.set("suspended_journeys", stack[:-1] or None)
        for slot, value in stack[-1]["facts"].items():
            turn.set(slot, value)


def begin_next(turn: JourneyTurn) -> None:
    """Begin what is next after the end of a journey: the other wish of the message, or the journey that waits."""
    later: list[dict[str, Any]] = turn.get("pending_wishes") or []
    if later:
        if turn.active:
            turn.say("back.other")
        turn.set("pending_wishes", [{**later[0], "now": turn.message.id}, *later[1:]])
        turn.followup = WISHES[later[0]["intent"]]
        return
    stack: list[dict[str, Any]] = turn.get("suspended_journeys") or []
    if not stack:
        return
    *rest, last = stack
    turn.set("suspended_journeys", rest or None)
    for slot, value in last["facts"].items():
        turn.set(slot, value)
    turn.set("resumed_message", turn.message.id)
    turn.say(f"back.{last['form'].removesuffix('_form')}")
    turn.followup = last["form"]
