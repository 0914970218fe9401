"""Courtesies: greeting, thanks, small talk, anger, what is outside the service."""

from __future__ import annotations

import re

from actions.framework.say import Button
from actions.framework.turn import JourneyTurn

MENU = (
    Button("button.consult", "/consult_product"),
    Button("button.logistics", "/logistics"),
    Button("button.returns", "/return_goods"),
    Button("button.repair", "/repair_booking"),
    Button("button.complaint", "/complaint"),
    Button("button.person", "/ask_human"),
)
"""The journeys as buttons."""

_PHRASES = {
    "greet": "social.greet",
    "thank": "social.thank",
    "goodbye": "social.stay",
    "abuse": "social.calm",
    "chitchat": "social.chitchat",
    "out_of_scope": "social.out_of_scope",
    "ask_repeat": "social.repeat_what",
    "affirm": "social.ask_need",
    "deny": "social.ask_need",
    "abandon": "social.dropped",
    "correction": "social.ask_correction",
}

_IN_PASSING = {
    **_PHRASES,
    "greet": "social.here",
    "chitchat": "social.chitchat_short",
    "thank": "social.thank_short",
    "ask_repeat": "social.repeat",
}
"""The same while a question is open: short, and without a question of its own."""

_WHO = re.compile(r"机器|真人|你是(谁|人|什么|不是人)|人工智能|AI|ai")


def say_courtesy(turn: JourneyTurn, *, again: bool = False) -> None:
    """Answer a courtesy.

    Args:
        turn: the turn.
        again: a question of a journey follows, so no menu is shown.
    """
    intent = turn.message.intent
    if again:
        # Who asks whether a machine answers is told so, however much else is open.
        asks_who = intent == "chitchat" and _WHO.search(turn.message.words)
        turn.say("social.chitchat" if asks_who else _IN_PASSING[intent])
        return
    phrase = _PHRASES[intent]
    if intent == "abuse":
        turn.say(phrase, buttons=(Button("button.complaint", "/complaint"), Button("button.person", "/ask_human")))
    elif intent in ("greet", "out_of_scope", "affirm", "deny"):
        turn.say(phrase, buttons=MENU)
    else:
        turn.say(phrase)
