"""Messages that were not understood."""

from __future__ import annotations

from actions.framework.turn import JourneyTurn
from actions.journeys.outside.action import OutsideAction
from actions.journeys.outside.menu import likeliest_wishes


class NotUnderstood(OutsideAction):
    """Ask again, then offer the likeliest wishes, then a person."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_unsure"

    async def answer(self, turn: JourneyTurn) -> None:
        """Answer a message that was not understood."""
        say_not_understood(turn)


def say_not_understood(turn: JourneyTurn) -> None:
    """Ask to rephrase at the first miss, offer the likeliest wishes at the second, a person at the third.

    Raises:
        JourneyEnded: a person is offered.
    """
    misses = int(turn.get("misses") or 0) + 1
    turn.set("misses", misses)
    if misses == 1:
        turn.say("unsure.rephrase")
        return
    if misses == 2:
        turn.say("unsure.clarify", buttons=likeliest_wishes(turn))
        return
    turn.clear("misses")
    turn.continue_with("handoff_form", "unsure.person")
