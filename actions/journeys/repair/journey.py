"""Repair and installation booking 报修/预约: self-help first, then a real time with free capacity (§3.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from actions.framework.faq import tell_steps
from actions.framework.intents import FORM_OF_INTENT
from actions.framework.journey import Journey
from actions.framework.questions.confirm import confirm, open_ticket
from actions.framework.questions.contact import need_address, need_name, need_phone, shown_contact
from actions.framework.questions.order import need_item, need_proven_order
from actions.framework.quoting import quote
from actions.framework.say import embed
from actions.framework.turn import JourneyTurn
from actions.journeys.repair.reading import (
    ABOUT_FEE,
    DAMAGE,
    SERVICES,
    fault_answer,
    fault_with_cause_in,
    fee_answer,
    service_in,
    serviced_product_answer,
)
from actions.journeys.repair.several_faults import first_fault
from actions.journeys.repair.visit_request import Contact, ServicedProduct, VisitRequest
from actions.journeys.visits.choose_time import choose_service_slot, service_slot_answer, visit_time_in
from actions.reading.answers import (
    Reader,
    is_question,
    solved_answer,
)
from actions.reading.facts import ANSWERS, CONTACT, IDENTITY, no_order_in, product_in
from bot.desk.conversations import consultations
from bot.desk.models import Order, OrderItem, ServiceSlot
from bot.desk.shop import catalogue, repair_terms, selfhelp
from bot.desk.visits import booking

_ALL = 50
"""Products that are looked through for those named."""


class RepairJourney(Journey):
    """Book a visit to repair or to install."""

    form = "repair_form"
    resumable = True
    facts = (
        "service", "fault", "model", "item", "digits", "service_slot", "visit_time", "fee_agreed", "solved",
        "fee_explained", "self_help_tried", "confirmed", "no_order",
    )  # fmt: skip
    volunteered: ClassVar[dict[str, Reader]] = {
        **IDENTITY,
        **CONTACT,
        "no_order": no_order_in,
        "product": product_in,
        "model": lambda message: message.entity("model"),
        "fault": fault_with_cause_in,
        "visit_time": visit_time_in,
    }
    free_text = frozenset({"fault"})
    faq_topics = frozenset({"installation", "warranty"})
    consents = frozenset({"confirmed", "fee_agreed", "solved"})
    required = frozenset(
        {"digits", "confirmed", "service", "product", "fault", "fee_agreed", "phone", "address", "service_slot"}
    )

    def answer_readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        answers: dict[str, Reader] = {
            "product": serviced_product_answer,
            "solved": solved_answer,
            "service_slot": service_slot_answer,
            "fee_agreed": fee_answer,
        }
        return {**self.volunteered, **ANSWERS, **answers}

    def is_answer(self, turn: JourneyTurn) -> bool:
        """Take a question on the fee that is being told for one of this journey."""
        return super().is_answer(turn) or self._asks_fee(turn)

    @staticmethod
    def _asks_fee(turn: JourneyTurn) -> bool:
        """Tell whether the fee is asked about; who asks it again has heard the answer and means more."""
        if not turn.may_answer("fee_agreed") or turn.get("fee_explained"):
            return False
        words = turn.message.words
        return bool(ABOUT_FEE.search(words)) and (is_question(words) or turn.message.intent in FORM_OF_INTENT)

    def take_wish(self, turn: JourneyTurn) -> None:
        """Take from the wish whether something is to be repaired or installed, and what comes first."""
        if turn.begins:
            turn.message = first_fault(turn)
        if turn.get("service") is None:
            turn.set("service", service_in(turn.message))

    async def script(self, turn: JourneyTurn) -> None:
        """Ask, help, tell the fee, offer times, confirm, book."""
        service = str(turn.need("service", "repair.ask_service", service_in, choices=SERVICES))
        turn.say_once(f"repair.begin_{service}")
        goods = await self._goods(
            turn, str(turn.need("product", f"repair.ask_product_{service}", serviced_product_answer))
        )
        fault = None
        if service == "repair":
            fault = str(turn.need("fault", "repair.ask_fault", fault_answer, product=goods.name))
            await self._self_help(turn, goods, fault)
        warranty, order, item = await self._warranty(turn)
        # The ticket must not lead its reader to an order of other goods.
        under = turn.get("order") if order is not None else None
        if item is not None and await self._is_other(turn, goods, item):
            warranty, under = "unknown", None
            turn.say_once("repair.not_in_order", product=goods.name)
        elif item is not None:
            goods = replace(goods, name=item.name, category=item.category, model=item.model)
        self._fee(turn, goods, service=service, warranty=warranty)
        contact = Contact(need_name(turn), str(need_phone(turn)), need_address(turn))
        visit = VisitRequest(service, goods, fault, warranty, under, contact)
        slot = await choose_service_slot(turn, service)
        self._confirm(turn, visit, slot, order)
        await self._book(turn, visit, slot)

    def _confirm(self, turn: JourneyTurn, visit: VisitRequest, slot: ServiceSlot, order: Order | None) -> None:
        said = {"fault": quote(visit.fault)} if visit.fault else {}
        confirm(
            turn,
            f"repair.restate_{visit.service}",
            product=visit.goods.name,
            start=slot.start_at,
            end=slot.end_at,
            address=shown_contact(visit.contact.address, order, "address"),
            phone=shown_contact(visit.contact.phone, order, "phone"),
            **said,
        )

    async def _book(self, turn: JourneyTurn, visit: VisitRequest, slot: ServiceSlot) -> None:
        """Make ticket and booking, both or neither; a time taken meanwhile is asked anew."""
        try:
            async with turn.session.begin_nested():
                ticket = await open_ticket(turn, visit.service, visit.fields(slot), due_at=slot.end_at)
                await booking.reserve(turn.session, ticket_number=ticket.number, slot_id=slot.id, now=turn.now)
        except booking.SlotTaken:
            turn.clear("service_slot", "visit_time", "confirmed")
            turn.say("repair.slot_taken")
            await choose_service_slot(turn, visit.service)
            return
        turn.say(
            f"repair.done_{visit.service}",
            ticket=ticket.number,
            number=ticket.number,
            start=slot.start_at,
            end=slot.end_at,
        )
        turn.say("repair.before_visit")

    async def _goods(self, turn: JourneyTurn, thing: str) -> ServicedProduct:
        """Return what is meant: of the catalogue if it is ours, else the words themselves."""
        known = await catalogue.find_product(turn.session, thing)
        if known is not None:
            model = turn.get("model") or known.model
            return ServicedProduct(known.name, known.category, known.details.get("group"), model)
        like = await catalogue.find_products(turn.session, thing, limit=1)
        category, group = (like[0].category, like[0].details.get("group")) if like else (thing, thing)
        return ServicedProduct(quote(thing), category, group, turn.get("model"))

    async def _is_other(self, turn: JourneyTurn, goods: ServicedProduct, item: OrderItem) -> bool:
        """Tell whether the goods named are ours, but not those of the order: its warranty says nothing of them."""
        meant = await catalogue.find_products(turn.session, goods.name, limit=_ALL)
        return bool(meant) and item.sku not in {p.sku for p in meant}

    async def _self_help(self, turn: JourneyTurn, goods: ServicedProduct, fault: str) -> None:
        """Offer what the customer can do alone; when that helps no visit is needed."""
        if turn.get("solved") is not None or turn.get("self_help_tried"):
            return
        found = selfhelp.find_help(goods.group, f"{goods.name} {fault}") or selfhelp.find_help(goods.category, fault)
        if found is None:
            return
        turn.say_once("repair.self_help", product=goods.name)
        tell_steps(turn, found)
        if not turn.need_consent(
            "solved", "repair.ask_solved", yes="button.solved", no="button.unsolved", read=solved_answer
        ):
            return
        await consultations.record(
            turn.session,
            conversation_id=turn.message.conversation,
            message_id=turn.message.id,
            topic="usage_help_fault",
            answered=True,
            subject=goods.name[:80],
            now=turn.now,
        )
        turn.end("repair.solved")

    async def _warranty(self, turn: JourneyTurn) -> tuple[str, Order | None, OrderItem | None]:
        order = await need_proven_order(turn, ask="repair.ask_order")
        if order is None:
            return "unknown", None, None
        item = await need_item(turn, order)
        return repair_terms.warranty_state(item, turn.now), order, item

    def _fee(self, turn: JourneyTurn, goods: ServicedProduct, *, service: str, warranty: str) -> None:
        """Tell the fee before anything is booked, and have it agreed to when there is one."""
        if service == "installation":
            turn.say_once("repair.install_fee")
            return
        damage = warranty == "in" and DAMAGE.search(turn.get("fault") or "") is not None
        if warranty == "in" and not damage:
            turn.say_once("repair.in_warranty")
            return
        fee = repair_terms.fee_for(goods.category, group=goods.group)
        if self._asks_fee(turn):
            turn.set("fee_explained", True)
            turn.say(fee.rules)
            if fee.parts:
                parts = [embed("repair.price_of", part=part.name, price=part.price) for part in fee.parts]
                turn.say("repair.fee_parts", parts=parts)
            turn.consume_message()
        if not turn.need_consent(
            "fee_agreed",
            "repair.fee_damage" if damage else f"repair.fee_{warranty}",
            read=fee_answer,
            yes="button.agree_fee",
            no="button.no_fee",
            amount=fee.amount,
            covers=embed(fee.covers),
        ):
            turn.end("repair.fee_refused")
