"""Corrections outside any journey: they go into the ticket made last."""

from __future__ import annotations

import re

from actions.framework.journey_stack import reroute
from actions.framework.turn import JourneyTurn
from actions.journeys.outside.action import OutsideAction
from actions.journeys.outside.menu import MENU
from actions.reading.facts import address_in, amended_address, name_in, order_number_in, phone_in
from bot.desk.models import Ticket
from bot.desk.tickets import tickets

_SUPPLEMENT = re.compile(r"补充(一下|一点|说明)?|忘(了|记)?(说|讲|提)|漏(了|说)")
_TELLS = 5
"""Characters beside words like 补充 in which something is told."""


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
            turn.say("social.noted", buttons=MENU)
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
