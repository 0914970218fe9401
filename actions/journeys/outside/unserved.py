"""Messages outside any journey: courtesies, bare facts, corrections, what was not understood."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.framework import courtesies
from actions.framework.intents import WISHES
from actions.framework.journey_stack import reroute
from actions.framework.records import database
from actions.framework.say import Button
from actions.framework.turn import JourneyEnded, JourneyTurn, run_once
from actions.journeys.progress import ticket_number_in
from actions.reading.answers import NOT_SAID, has_defect, is_question, wish_in
from actions.reading.facts import address_in, amended_address, name_in, order_number_in, phone_in, product_in
from actions.reading.message import Message
from actions.reading.turns_of_speech import GIVES_UP
from bot.desk.models import Ticket
from bot.desk.shop import catalogue
from bot.desk.tickets import tickets

_SUPPLEMENT = re.compile(r"补充(一下|一点|说明)?|忘(了|记)?(说|讲|提)|漏(了|说)")
_SERVICE = re.compile(r"修|安装|上门|师傅|(?<!包|服|西)装(?!的|饰|修|好|袋)")
_TELLS = 5
"""Characters beside those words in which something is told."""
_NO_MORE = re.compile(r"没(有)?(了|别的|其他|事)|没啥|木有|就这(些|样)|不用了|不需要")
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


class OutsideAction(Action, ABC):
    """An action that answers one message and asks nothing."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[Any]:
        """Answer the message in one transaction."""
        async with database().session() as session:
            turn = JourneyTurn(dispatcher, tracker, session, form=self.name())
            return await run_once(turn, self.name(), self._turn)

    async def _turn(self, turn: JourneyTurn) -> list[Any]:
        with suppress(JourneyEnded):
            await self.answer(turn)
        return turn.events(done=True)

    @abstractmethod
    async def answer(self, turn: JourneyTurn) -> None:
        """Answer the message."""


class Courtesy(OutsideAction):
    """Answer a greeting, thanks, small talk, abuse, a yes or no that nobody asked for."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_courtesy"

    async def answer(self, turn: JourneyTurn) -> None:
        """Answer; “nothing else, thanks” closes the talk."""
        turn.clear("misses")
        if turn.message.intent in ("thank", "deny") and _NO_MORE.search(turn.message.words):
            turn.followup = "rating_form"
            return
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
            turn.followup = "consult_form"
            return
        courtesies.say_courtesy(turn)

    async def _is_ours(self, turn: JourneyTurn) -> bool:
        """Tell whether goods of ours are named: then the question is one for us, however strange."""
        named = product_in(turn.message)
        return bool(named) and bool(await catalogue.find_products(turn.session, str(named), limit=1))


class FactTold(OutsideAction):
    """Take a fact that was told outside any journey."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_told"

    async def answer(self, turn: JourneyTurn) -> None:
        """Keep the fact and ask what is wished."""
        message = turn.message
        if ticket_number_in(message):
            turn.followup = "progress_form"
            return
        if number := order_number_in(message):
            turn.set("order", number)
        if number or product_in(message):
            turn.followup = _journey_of(message)
            return
        if await self._completes(turn):
            return
        kept = [("phone", phone_in(message)), ("name", name_in(message)), ("address", address_in(message))]
        for slot, value in kept:
            if value:
                turn.set(slot, value)
        if any(value for _, value in kept):
            turn.say("social.noted", buttons=courtesies.MENU)
            return
        say_not_understood(turn)

    async def _completes(self, turn: JourneyTurn) -> bool:
        """Write a contact that the ticket made last lacks into it; tell whether it did."""
        own = await tickets.open_of(turn.session, turn.message.conversation)
        if not own:
            return False
        told = {"phone": phone_in(turn.message), "name": name_in(turn.message), "address": address_in(turn.message)}
        fresh = {slot: value for slot, value in told.items() if value and own[0].fields.get(slot) in (None, NOT_SAID)}
        if not fresh:
            return False
        for slot, value in fresh.items():
            turn.set(slot, value)
        await tickets.add_note(
            turn.session, own[0], who="customer", why=f"客户补充：{'、'.join(fresh)}", now=turn.now, fields=fresh
        )
        turn.say("progress.added", ticket=own[0].number, number=own[0].number)
        return True


def _journey_of(message: Message) -> str:
    """Return the journey that goods or an order are named for where the wish was not understood."""
    words = message.words
    if wish_in(message) in ("return", "exchange", "refund"):
        return "return_form"
    served = _SERVICE.search(words) or has_defect(words) or message.entity("defect")
    if served and not is_question(words):
        return "repair_form"
    return "order_form" if message.entity("order_number") else "consult_form"


class Correction(OutsideAction):
    """Correct a fact of the ticket made last."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_correction"

    async def answer(self, turn: JourneyTurn) -> None:
        """Write the new fact into the ticket, with a line of history."""
        message = turn.message
        if number := order_number_in(message):
            turn.set("order", number)
            reroute(turn, "modify_order_or_address")
        told = {"phone": phone_in(message), "name": name_in(message), "address": address_in(message)}
        given = {slot: value for slot, value in told.items() if value}
        own = await tickets.open_of(turn.session, message.conversation)
        known = str(own[0].fields.get("address") or "") if own else ""
        if known and (amended := amended_address(known, message.words, given.get("address"))):
            given["address"] = amended
        for slot, value in given.items():
            turn.set(slot, value)
        rest, supplements = _SUPPLEMENT.subn("", message.words)
        if not given and own and supplements and len(re.sub(r"\W", "", rest)) >= _TELLS:
            await self._add(turn, own[0])
            return
        if not given:
            turn.say("social.ask_correction")
            return
        if not own:
            turn.say("social.noted", buttons=courtesies.MENU)
            return
        ticket = own[0]
        await tickets.add_note(
            turn.session, ticket, who="customer", why=f"客户更正：{'、'.join(given)}", now=turn.now, fields=given
        )
        turn.say("progress.corrected", ticket=ticket.number, number=ticket.number)

    async def _add(self, turn: JourneyTurn, ticket: Ticket) -> None:
        """Write into the newest ticket what the customer tells of its matter later."""
        before = ticket.fields.get("what")
        fields = {"what": "；".join(filter(None, (before, turn.message.words)))[:1000]}
        await tickets.add_note(turn.session, ticket, who="customer", why="客户补充", now=turn.now, fields=fields)
        turn.say("progress.added", ticket=ticket.number, number=ticket.number)


class Unsure(OutsideAction):
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
    turn.leave("handoff_form", "unsure.person")


def likeliest_wishes(turn: JourneyTurn) -> list[Button]:
    """Return buttons for the likeliest wishes, one a journey, and one for a person."""
    buttons: dict[str, Button] = {}
    for intent in turn.message.ranking:
        form = WISHES.get(intent)
        if form in TITLES and form not in buttons and form != "handoff_form":
            buttons[form] = Button(TITLES[form], f"/{intent}")
    chosen = list(buttons.values())[:GUESSES] or list(courtesies.MENU[:GUESSES])
    return [*chosen, Button("button.person", "/ask_human")]
