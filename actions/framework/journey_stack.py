"""Wishes that wait: those of one message behind its first, and journeys suspended for another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from actions.framework.intents import FORM_OF_INTENT
from actions.framework.turn import JourneyTurn
from actions.reading.message import Message

MOST = 3
"""Journeys that wait at once."""
CARRIED = ("product", "order")
"""What a journey is about beside its own facts: what is asked about in between does not take its place."""
OF_A_JOURNEY = ("said_phrases", "misses", "resumed_message")
"""Slots that end with any journey."""


def own_part(turn: JourneyTurn, *, resumable: bool) -> Message:
    """Return the part of the message that belongs to the journey; its other wishes are kept for later.

    Args:
        turn: the turn that begins the journey.
        resumable: the journey is gone back to after an interruption, so that two ways of wishing it are one wish.
    """
    message = turn.message
    pending: list[dict[str, Any]] = turn.get("pending_wishes") or []
    if pending and pending[0].get("now") == message.id:
        turn.set("pending_wishes", pending[1:] or None)
        return message.put_off(pending[0])
    parts = [part for part in message.wishes if part.intent in FORM_OF_INTENT]
    forms = [FORM_OF_INTENT[part.intent] for part in parts]
    if turn.form not in forms:
        return message
    own = parts[forms.index(turn.form)]
    # Two questions are two answers; two ways of wishing one return are one return.
    same = {part.intent for part in parts if FORM_OF_INTENT[part.intent] == turn.form} if resumable else {own.intent}
    others = [part for part in parts if part.intent not in same]
    if not others:
        return message
    turn.set("pending_wishes", [message.part(part).for_later() for part in others])
    return message.part(own)


def reroute(turn: JourneyTurn, intent: str) -> NoReturn:
    """End the journey and give this part of the message, and no more of it, to the journey of another intent.

    Raises:
        JourneyEnded: always.
    """
    part = {**turn.message.for_later(), "intent": intent, "now": turn.message.id}
    turn.set("pending_wishes", [part, *(turn.get("pending_wishes") or [])])
    turn.continue_with(FORM_OF_INTENT[intent])


def suspend(turn: JourneyTurn, form: str, facts: Iterable[str]) -> None:
    """Put a journey aside with its facts, to be gone back to.

    Args:
        turn: the turn in which another wish comes between.
        form: of the journey that is put aside.
        facts: its slots.
    """
    kept = {slot: turn.get(slot) for slot in (*facts, *CARRIED, "said_phrases") if turn.get(slot) is not None}
    stack: list[dict[str, Any]] = turn.get("suspended_journeys") or []
    turn.set("suspended_journeys", [*stack, {"form": form, "facts": kept}][-MOST:])


def forget_waiting(turn: JourneyTurn) -> None:
    """Drop whatever waits: journeys put aside, and other wishes."""
    turn.clear("suspended_journeys", "pending_wishes")


def resume_same_form(turn: JourneyTurn) -> None:
    """Go on with the journey put aside last when the customer comes back to it by another wish of its kind."""
    stack: list[dict[str, Any]] = turn.get("suspended_journeys") or []
    if stack and stack[-1]["form"] == turn.form:
        turn.set("suspended_journeys", stack[:-1] or None)
        turn.set_all(stack[-1]["facts"])


def begin_next(turn: JourneyTurn) -> None:
    """Begin what comes after the end of a journey: another wish of the message, or the journey put aside last."""
    pending: list[dict[str, Any]] = turn.get("pending_wishes") or []
    if pending:
        if not turn.begins:
            turn.say("back.other")
        turn.set("pending_wishes", [{**pending[0], "now": turn.message.id}, *pending[1:]])
        turn.outcome.next_action = FORM_OF_INTENT[pending[0]["intent"]]
        return
    stack: list[dict[str, Any]] = turn.get("suspended_journeys") or []
    if not stack:
        return
    *rest, last = stack
    turn.set("suspended_journeys", rest or None)
    turn.set_all(last["facts"])
    turn.set("resumed_message", turn.message.id)
    turn.say(f"back.{last['form'].removesuffix('_form')}")
    turn.outcome.next_action = last["form"]
