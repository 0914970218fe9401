"""Courtesies: greeting, thanks, small talk, anger, what is outside the service."""

from __future__ import annotations

import re

from actions.framework.journey_stack import reroute
from actions.framework.say import Button
from actions.framework.turn import JourneyTurn
from actions.journeys.outside.action import OutsideAction
from actions.journeys.outside.menu import MENU
from actions.reading.facts import product_in
from actions.reading.turns_of_speech import GIVES_UP
from bot.desk.shop import catalogue
from bot.desk.tickets import tickets

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
_WITH_MENU = frozenset({"greet", "out_of_scope", "affirm", "deny"})
_AFTER_ABUSE = (Button("button.complaint", "/complaint"), Button("button.person", "/ask_human"))
_NO_MORE = re.compile(r"没(有)?(了|别的|其他|事)|没啥|木有|就这(些|样)|不用了|不需要")


class Courtesy(OutsideAction):
    """Answer a greeting, thanks, small talk, abuse, a yes or no that nobody asked for."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_courtesy"

    async def answer(self, turn: JourneyTurn) -> None:
        """Answer; outside any journey “nothing else, thanks” closes the talk."""
        if turn.open_form is not None:
            say_in_passing(turn)
            return
        turn.clear("misses")
        if turn.message.intent in ("thank", "deny") and _NO_MORE.search(turn.message.words):
            turn.continue_with("rating_form")
        gives_up = turn.message.intent == "abandon" and GIVES_UP.search(turn.message.words)
        if gives_up and await tickets.open_of(turn.session, turn.message.conversation):
            reroute(turn, "withdraw")
        if turn.message.intent == "greet":
            own = await tickets.open_of(turn.session, turn.message.conversation)
            if own:
                ticket = own[0]
                turn.say("social.greet_back", number=ticket.number, due=ticket.due_at)
                return
        if turn.message.intent == "out_of_scope" and await self._is_ours(turn):
            turn.continue_with("consult_form")
        self._say(turn)

    @staticmethod
    def _say(turn: JourneyTurn) -> None:
        intent = turn.message.intent
        if intent == "abuse":
            buttons: tuple[Button, ...] = _AFTER_ABUSE
        else:
            buttons = MENU if intent in _WITH_MENU else ()
        turn.say(_PHRASES[intent], buttons=buttons)

    async def _is_ours(self, turn: JourneyTurn) -> bool:
        """Tell whether goods of ours are named: then the question is one for us, however strange."""
        named = product_in(turn.message)
        return bool(named) and bool(await catalogue.find_products(turn.session, str(named), limit=1))


def say_in_passing(turn: JourneyTurn) -> None:
    """Answer a courtesy in the middle of a journey, whose question is asked again right after."""
    intent = turn.message.intent
    # Who asks whether a machine answers is told so, however much else is open.
    asks_who = intent == "chitchat" and _WHO.search(turn.message.words)
    turn.say("social.chitchat" if asks_who else _IN_PASSING[intent])
