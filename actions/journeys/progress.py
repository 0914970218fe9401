"""A ticket already made: how far it is, urging it, withdrawing it, its visit (§3.6)."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.framework.answer import Choice
from actions.framework.journey import Journey
from actions.framework.questions.order import need_proof
from actions.framework.turn import JourneyTurn
from actions.journeys.visits.choose_time import choose_service_slot, service_slot_answer, visit_time_in
from actions.reading.answers import LETS_BE, Reader, says_none
from actions.reading.facts import ANSWERS, digits_in
from actions.reading.message import Message
from actions.reading.turns_of_speech import GIVES_UP
from bot.desk.models import Ticket
from bot.desk.tickets import tickets
from bot.desk.tickets.transitions import OPEN
from bot.desk.visits import booking
from phrasebook.china_time import SHANGHAI

_TOPICS = {
    "ticket_progress": "progress",
    "urge": "urge",
    "withdraw": "withdraw",
    "change_booking": "change",
    "cancel_booking": "cancel",
}
_KINDS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"投诉"), frozenset({"complaint"})),
    (re.compile(r"安装"), frozenset({"installation"})),
    (re.compile(r"修|上门|师傅"), frozenset({"repair", "installation"})),
    (re.compile(r"退|换|售后"), frozenset({"return", "exchange", "refund"})),
    (re.compile(r"建议"), frozenset({"suggestion"})),
)


_GOODS_ON_THE_WAY = re.compile(r"发货|快递|物流|包裹|送货|收到货|到货|我的?货|订单")
_OF_A_TICKET = re.compile(r"工单|投诉|报修|维修|安装|师傅|上门|退|换|售后|回电|电话|留言|处理")


def ticket_number_in(message: Message) -> str | None:
    """Read a ticket number, rightly typed or not."""
    return message.entity("ticket_number")


class ProgressJourney(Journey):
    """Serve a wish about a ticket after its proof."""

    form = "progress_form"
    facts = ("ticket_request", "digits", "service_slot", "visit_time", "agreed", "chosen_ticket")
    volunteered: ClassVar[dict[str, Reader]] = {"digits": digits_in, "visit_time": visit_time_in}

    consents = frozenset({"agreed"})
    required = frozenset({"chosen_ticket", "digits", "agreed", "service_slot"})

    def answer_readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {**self.volunteered, **ANSWERS, "chosen_ticket": ticket_number_in, "service_slot": service_slot_answer}

    def is_answer(self, turn: JourneyTurn) -> bool:
        """Take “I have no number” for an answer: the journey has another way then."""
        return super().is_answer(turn) or (turn.asked == "chosen_ticket" and says_none(turn.message))

    def take_wish(self, turn: JourneyTurn) -> None:
        """Take the topic from the intent and the ticket that is named."""
        topic = _TOPICS.get(turn.message.intent)
        if topic:
            turn.set("ticket_request", topic)
        named = ticket_number_in(turn.message)
        if named:
            turn.set("chosen_ticket", named)

    async def script(self, turn: JourneyTurn) -> None:
        """Find the ticket, have it proven, do what is wished."""
        topic = str(turn.get("ticket_request") or "progress")
        ticket = await self._ticket(turn, topic)
        if topic == "progress":
            self._tell(turn, ticket)
        elif ticket.state not in OPEN:
            turn.say("progress.finished", number=ticket.number)
        else:
            await {"urge": self._urge, "withdraw": self._withdraw, "change": self._change, "cancel": self._cancel}[
                topic
            ](turn, ticket)

    async def _ticket(self, turn: JourneyTurn, topic: str) -> Ticket:
        named = turn.get("chosen_ticket") or ticket_number_in(turn.message)
        if named is None:
            own = await self._own(turn, topic)
            if not own and self._means_order(turn, topic):
                # No ticket of theirs is open: what is taken back or urged is the order spoken of.
                turn.continue_with("order_form")
            if len(own) == 1:
                return own[0]
            last = turn.get("ticket")
            if not own and last in (turn.get("proven") or []):
                named = last
            elif own:
                choices = [Choice(t.number, "button.ticket", number=t.number) for t in own[:5]]
                named = turn.need("chosen_ticket", "progress.ask_which", ticket_number_in, choices=choices)
            else:
                if turn.may_answer("chosen_ticket") and says_none(turn.message):
                    turn.continue_with("handoff_form", "progress.without")
                named = turn.need("chosen_ticket", "progress.ask_number", ticket_number_in)
        turn.set("chosen_ticket", named)
        if not self._well_typed(turn):
            turn.clear("chosen_ticket")
            turn.ask("chosen_ticket", "progress.mistyped")
        await need_proof(turn, str(named))
        found = await tickets.find(turn.session, str(named))
        if found is None:
            turn.continue_with("handoff_form", "progress.unknown")
        turn.set("ticket", str(named))
        assert found is not None
        return found

    @staticmethod
    def _means_order(turn: JourneyTurn, topic: str) -> bool:
        words = turn.message.words
        if topic == "withdraw":
            return bool(turn.get("order")) and "单" in words
        if topic not in ("urge", "progress"):
            return False
        named = turn.message.entity("order_number") is not None or bool(_GOODS_ON_THE_WAY.search(words))
        return named or (topic == "urge" and bool(turn.get("order")) and not _OF_A_TICKET.search(words))

    def _well_typed(self, turn: JourneyTurn) -> bool:
        return all(e.get("valid", True) for e in turn.message.entities if e["entity"] == "ticket_number")

    async def _own(self, turn: JourneyTurn, topic: str) -> list[Ticket]:
        """Return the conversation's own open tickets that the words can mean: they were proven when they were made."""
        own = await tickets.open_of(turn.session, turn.message.conversation)
        if topic in ("change", "cancel"):
            own = [t for t in own if await booking.booking_of(turn.session, t.number)]
        for pattern, kinds in _KINDS:
            if pattern.search(turn.message.words) and (fitting := [t for t in own if t.kind in kinds]):
                return fitting
        return own

    def _tell(self, turn: JourneyTurn, ticket: Ticket) -> None:
        turn.say(f"progress.state_{ticket.state}", ticket=ticket.number, number=ticket.number, due=ticket.due_at)

    async def _urge(self, turn: JourneyTurn, ticket: Ticket) -> None:
        await tickets.urge(turn.session, ticket, now=turn.now)
        turn.say("progress.urged", ticket=ticket.number, number=ticket.number, due=ticket.due_at)

    async def _withdraw(self, turn: JourneyTurn, ticket: Ticket) -> None:
        if not turn.need_consent("agreed", "progress.confirm_withdraw", number=ticket.number):
            turn.say("progress.kept", number=ticket.number)
            return
        await tickets.withdraw(turn.session, ticket, now=turn.now, who="customer", why="客户撤销")
        turn.say("progress.withdrawn", ticket=ticket.number, number=ticket.number)

    async def _change(self, turn: JourneyTurn, ticket: Ticket) -> None:
        if await booking.booking_of(turn.session, ticket.number) is None:
            turn.say("progress.no_visit", number=ticket.number)
            return
        slot = await choose_service_slot(turn, ticket.kind)
        pressed = turn.asked == "service_slot" and (turn.message.is_button or turn.message.entity("choice") is not None)
        if not pressed and not turn.need_consent(
            "agreed", "progress.confirm_change", number=ticket.number, start=slot.start_at, end=slot.end_at
        ):
            if LETS_BE.match(turn.message.bare()) or GIVES_UP.search(turn.message.words):
                turn.say("progress.kept", number=ticket.number)
                return
            turn.clear("agreed", "service_slot", "visit_time")
            turn.consume_message()
            slot = await choose_service_slot(turn, ticket.kind)
        await booking.rebook(turn.session, ticket_number=ticket.number, slot_id=slot.id, now=turn.now)
        times = {
            "slot_start": slot.start_at.astimezone(SHANGHAI).isoformat(),
            "slot_end": slot.end_at.astimezone(SHANGHAI).isoformat(),
        }
        await tickets.add_note(
            turn.session, ticket, who="customer", why="客户改约", now=turn.now, fields=times, due_at=slot.end_at
        )
        turn.say(
            "progress.visit_changed", ticket=ticket.number, number=ticket.number, start=slot.start_at, end=slot.end_at
        )

    async def _cancel(self, turn: JourneyTurn, ticket: Ticket) -> None:
        if await booking.booking_of(turn.session, ticket.number) is None:
            await self._withdraw(turn, ticket)
            return
        if not turn.need_consent("agreed", "progress.confirm_cancel_visit", number=ticket.number):
            turn.say("progress.kept", number=ticket.number)
            return
        await tickets.withdraw(turn.session, ticket, now=turn.now, who="customer", why="客户取消上门")
        turn.say("progress.visit_cancelled", ticket=ticket.number, number=ticket.number)
