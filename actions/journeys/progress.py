"""A ticket already made: how far it is, urging it, withdrawing it, its visit (§3.6)."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.framework.case import Case, Option
from actions.framework.journey import Journey
from actions.framework.known_facts import proven
from actions.journeys.visits.choose_time import choose_slot, slot_answer, wished_time
from actions.reading.answers import LETS_BE, Reader, says_none
from actions.reading.facts import ANSWERS, tail_with_order
from actions.reading.message import Message
from actions.reading.turns_of_speech import GIVES_UP
from bot.desk.models import Ticket
from bot.desk.tickets import tickets
from bot.desk.tickets.transitions import OPEN
from bot.desk.visits import booking
from bot.settings import settings

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


def ticket_number(message: Message) -> str | None:
    """Read a ticket number, rightly typed or not."""
    picked = message.pick("ticket")
    return str(picked) if picked else message.entity("ticket_number")


class ProgressJourney(Journey):
    """Serve a wish about a ticket after its proof."""

    form = "progress_form"
    facts = ("topic", "digits", "slot", "wished", "agreed", "which_ticket")
    spots: ClassVar[dict[str, Reader]] = {"digits": tail_with_order, "wished": wished_time}

    consents = frozenset({"agreed"})
    indispensable = frozenset({"which_ticket", "digits", "agreed", "slot"})

    def readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {**self.spots, **ANSWERS, "which_ticket": ticket_number, "slot": slot_answer}

    def answers(self, case: Case) -> bool:
        """Take “I have no number” for an answer: the journey has another way then."""
        return super().answers(case) or (case.asked == "which_ticket" and says_none(case.message))

    def adopt(self, case: Case) -> None:
        """Take the topic from the intent and the ticket that is named."""
        topic = _TOPICS.get(case.message.intent)
        if topic:
            case.set("topic", topic)
        named = ticket_number(case.message)
        if named:
            case.set("which_ticket", named)

    async def script(self, case: Case) -> None:
        """Find the ticket, have it proven, do what is wished."""
        topic = str(case.get("topic") or "progress")
        ticket = await self._ticket(case, topic)
        if topic == "progress":
            self._tell(case, ticket)
        elif ticket.state not in OPEN:
            case.say("progress.finished", number=ticket.number)
        else:
            await {"urge": self._urge, "withdraw": self._withdraw, "change": self._change, "cancel": self._cancel}[
                topic
            ](case, ticket)

    async def _ticket(self, case: Case, topic: str) -> Ticket:
        named = case.get("which_ticket") or ticket_number(case.message)
        if named is None:
            own = await self._own(case, topic)
            if not own and self._means_order(case, topic):
                # No ticket of theirs is open: what is taken back or urged is the order spoken of.
                case.leave("order_form")
            if len(own) == 1:
                return own[0]
            last = case.get("ticket")
            if not own and last in (case.get("proven") or []):
                named = last
            elif own:
                options = [Option(t.number, "button.ticket", number=t.number) for t in own[:5]]
                named = case.need("which_ticket", "progress.ask_which", ticket_number, options=options)
            else:
                if case.asked == "which_ticket" and not case.answered and says_none(case.message):
                    case.leave("handoff_form", "progress.without")
                named = case.need("which_ticket", "progress.ask_number", ticket_number)
        case.set("which_ticket", named)
        if not self._well_typed(case):
            case.clear("which_ticket")
            case.ask("which_ticket", "progress.mistyped")
        await proven(case, str(named))
        found = await tickets.find(case.session, str(named))
        if found is None:
            case.leave("handoff_form", "progress.unknown")
        case.set("ticket", str(named))
        assert found is not None
        return found

    @staticmethod
    def _means_order(case: Case, topic: str) -> bool:
        words = case.message.words
        if topic == "withdraw":
            return bool(case.get("order")) and "单" in words
        if topic not in ("urge", "progress"):
            return False
        named = case.message.entity("order_number") is not None or bool(_GOODS_ON_THE_WAY.search(words))
        return named or (topic == "urge" and bool(case.get("order")) and not _OF_A_TICKET.search(words))

    def _well_typed(self, case: Case) -> bool:
        return all(e.get("valid", True) for e in case.message.entities if e["entity"] == "ticket_number")

    async def _own(self, case: Case, topic: str) -> list[Ticket]:
        """Return the conversation's own open tickets that the words can mean: they were proven when they were made."""
        own = await tickets.open_of(case.session, case.message.conversation)
        if topic in ("change", "cancel"):
            own = [t for t in own if await booking.of_ticket(case.session, t.number)]
        for pattern, kinds in _KINDS:
            if pattern.search(case.message.words) and (fitting := [t for t in own if t.kind in kinds]):
                return fitting
        return own

    def _tell(self, case: Case, ticket: Ticket) -> None:
        case.say(f"progress.state_{ticket.state}", ticket=ticket.number, number=ticket.number, due=ticket.due_at)

    async def _urge(self, case: Case, ticket: Ticket) -> None:
        await tickets.urge(case.session, ticket, now=case.now)
        case.say("progress.urged", ticket=ticket.number, number=ticket.number, due=ticket.due_at)

    async def _withdraw(self, case: Case, ticket: Ticket) -> None:
        if not case.agrees("agreed", "progress.confirm_withdraw", number=ticket.number):
            case.say("progress.kept", number=ticket.number)
            return
        await tickets.withdraw(case.session, ticket, now=case.now, who="customer", why="客户撤销")
        case.say("progress.withdrawn", ticket=ticket.number, number=ticket.number)

    async def _change(self, case: Case, ticket: Ticket) -> None:
        if await booking.of_ticket(case.session, ticket.number) is None:
            case.say("progress.no_visit", number=ticket.number)
            return
        slot = await choose_slot(case, ticket.kind)
        pressed = case.asked == "slot" and (case.message.is_button or case.message.entity("choice") is not None)
        if not pressed and not case.agrees(
            "agreed", "progress.confirm_change", number=ticket.number, start=slot.start_at, end=slot.end_at
        ):
            if LETS_BE.match(case.message.bare()) or GIVES_UP.search(case.message.words):
                case.say("progress.kept", number=ticket.number)
                return
            case.clear("agreed", "slot", "wished")
            case.answered = True
            slot = await choose_slot(case, ticket.kind)
        await booking.change(case.session, ticket_number=ticket.number, slot_id=slot.id, now=case.now)
        zone = settings().zone
        times = {
            "slot_start": slot.start_at.astimezone(zone).isoformat(),
            "slot_end": slot.end_at.astimezone(zone).isoformat(),
        }
        await tickets.add_note(
            case.session, ticket, who="customer", why="客户改约", now=case.now, fields=times, due_at=slot.end_at
        )
        case.say(
            "progress.visit_changed", ticket=ticket.number, number=ticket.number, start=slot.start_at, end=slot.end_at
        )

    async def _cancel(self, case: Case, ticket: Ticket) -> None:
        if await booking.of_ticket(case.session, ticket.number) is None:
            await self._withdraw(case, ticket)
            return
        if not case.agrees("agreed", "progress.confirm_cancel_visit", number=ticket.number):
            case.say("progress.kept", number=ticket.number)
            return
        await tickets.withdraw(case.session, ticket, now=case.now, who="customer", why="客户取消上门")
        case.say("progress.visit_cancelled", ticket=ticket.number, number=ticket.number)
