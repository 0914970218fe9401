"""Buttons that name the journeys: all of them, or those that a message is likeliest to mean."""

from __future__ import annotations

from actions.framework.intents import FORM_OF_INTENT
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
"""The journeys, for whoever has named none."""
TITLES = {
    "consult_form": "button.consult",
    "order_form": "button.logistics",
    "complaint_form": "button.complaint",
    "return_form": "button.returns",
    "repair_form": "button.repair",
    "progress_form": "button.progress",
    "handoff_form": "button.person",
    "feedback_form": "button.feedback",
}
"""Phrases that name the journeys on buttons."""
GUESSES = 3
"""Likeliest wishes that are offered."""


def likeliest_wishes(turn: JourneyTurn) -> list[Button]:
    """Return buttons for the likeliest wishes, one a journey, and one for a person."""
    buttons: dict[str, Button] = {}
    for intent in turn.message.ranking:
        form = FORM_OF_INTENT.get(intent)
        if form in TITLES and form not in buttons and form != "handoff_form":
            buttons[form] = Button(TITLES[form], f"/{intent}")
    chosen = list(buttons.values())[:GUESSES] or list(MENU[:GUESSES])
    return [*chosen, Button("button.person", "/ask_human")]
