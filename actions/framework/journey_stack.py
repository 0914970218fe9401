"""Wishes that wait: those of one message behind its first, and journeys set aside for another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from actions.framework.case import Case
from actions.framework.intents import WISHES
from actions.reading.message import Message

MOST = 3
"""Journeys that wait at once."""
CARRIED = ("product", "order")
"""What a case is about beside its own facts: what is asked about in between does not take its place."""


def first_wish(case: Case, *, hard: bool) -> Message:
    """Keep the other wishes of the message for later and return the part that belongs to the case's journey.

    Args:
        case: the case that begins.
        hard: its journey waits for the customer's return, so that two ways of wishing it are one wish.
    """
    message = case.message
    later: list[dict[str, Any]] = case.get("later") or []
    if later and later[0].get("now") == message.id:
        case.set("later", later[1:] or None)
        return message.put_off(later[0])
    wishes = [w for w in message.wishes if w.intent in WISHES]
    forms = [WISHES[w.intent] for w in wishes]
    if case.form not in forms:
        return message
    own = wishes[forms.index(case.form)]
    # Two questions are two answers; two ways of wishing one return are one return.
    same = {w.intent for w in wishes if WISHES[w.intent] == case.form} if hard else {own.intent}
    rest = [w for w in wishes if w.intent not in same]
    if not rest:
        return message
    case.set("later", [message.part(w).for_later() for w in rest])
    return message.part(own)


def hand_over(case: Case, intent: str) -> NoReturn:
    """Leave for the journey of an intent, which begins with this part of the message alone.

    Raises:
        Left: always.
    """
    kept = {**case.message.for_later(), "intent": intent, "now": case.message.id}
    case.set("later", [kept, *(case.get("later") or [])])
    case.leave(WISHES[intent])


def set_aside(case: Case, facts: Iterable[str]) -> None:
    """Put the journey of a case aside with its facts, to be gone back to."""
    kept = {slot: case.get(slot) for slot in (*facts, *CARRIED, "told") if case.get(slot) is not None}
    stack: list[dict[str, Any]] = case.get("suspended") or []
    case.set("suspended", [*stack, {"form": case.form, "facts": kept}][-MOST:])


def take_up(case: Case) -> None:
    """Go on with the case that waits when the customer comes back to it by another wish of its kind."""
    stack: list[dict[str, Any]] = case.get("suspended") or []
    if stack and stack[-1]["form"] == case.form:
        case.set("suspended", stack[:-1] or None)
        for slot, value in stack[-1]["facts"].items():
            case.set(slot, value)


def go_on(case: Case) -> None:
    """Begin what is next after the end of a journey: the other wish of the message, or the journey that waits."""
    later: list[dict[str, Any]] = case.get("later") or []
    if later:
        if case.active:
            case.say("back.other")
        case.set("later", [{**later[0], "now": case.message.id}, *later[1:]])
        case.followup = WISHES[later[0]["intent"]]
        return
    stack: list[dict[str, Any]] = case.get("suspended") or []
    if not stack:
        return
    *rest, last = stack
    case.set("suspended", rest or None)
    for slot, value in last["facts"].items():
        case.set(slot, value)
    case.set("resumed", case.message.id)
    case.say(f"back.{last['form'].removesuffix('_form')}")
    case.followup = last["form"]
