"""Facts that are told outside any journey: they complete the ticket made last, or begin what they are named for."""

from __future__ import annotations

import re

from actions.framework.turn import JourneyTurn
from actions.journeys.outside.action import OutsideAction
from actions.journeys.outside.menu import MENU
from actions.journeys.outside.not_understood import say_not_understood
from actions.journeys.progress import ticket_number_in
from actions.reading.answers import NOT_SAID, has_defect, is_question, wish_in
from actions.reading.facts import address_in, name_in, order_number_in, phone_in, product_in
from actions.reading.message import Message
from bot.desk.tickets import tickets

_SERVICE = re.compile(r"修|安装|上门|师傅|(?<!包|服|西)装(?!的|饰|修|好|袋)")


class FactTold(OutsideAction):
    """Take a fact that was told outside any journey."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_told"

    async def answer(self, turn: JourneyTurn) -> None:
        """Keep the fact and ask what is wished."""
        message = turn.message
        if ticket_number_in(message):
            turn.continue_with("progress_form")
        if number := order_number_in(message):
            turn.set("order", number)
        if number or product_in(message):
            turn.continue_with(_journey_of(message))
        if await self._completes(turn):
            return
        kept = [("phone", phone_in(message)), ("name", name_in(message)), ("address", address_in(message))]
        for slot, value in kept:
            if value:
                turn.set(slot, value)
        if any(value for _, value in kept):
            turn.say("social.noted", buttons=MENU)
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
