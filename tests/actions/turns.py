"""Turns of journeys without engine and records."""

from __future__ import annotations

from typing import Any, cast

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.framework.turn import JourneyTurn
from bot.desk.sessions import WriteSession


def turn_of(
    text: str = "你好",
    *,
    intent: str = "inform",
    confidence: float = 0.9,
    form: str = "repair_form",
    open_form: str | None = None,
    **slots: Any,
) -> JourneyTurn:
    """Return a turn of a journey with a message and some slots.

    Args:
        text: the message.
        intent: what it was understood as.
        confidence: how sure that is.
        form: the journey.
        open_form: the form that has asked `requested_slot`; the journey's own when something was asked.
        slots: what is known.
    """
    asked = slots.get("requested_slot")
    latest = {
        "message_id": "m",
        "text": text,
        "intent": {"name": intent, "confidence": confidence},
        "metadata": {"received_at": "2026-11-23T10:00:00+08:00", "channel": "rest", "sender": "alice"},
    }
    loop = open_form or (form if asked else None)
    tracker = Tracker("t", slots, latest, [], False, None, {"name": loop} if loop else {}, None)
    return JourneyTurn(CollectingDispatcher(), tracker, cast(WriteSession, None), form=form)
