"""Return, exchange, refund 退换货: decided by the shop's policy, refused with reason and alternatives (§3.3)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import ClassVar, NoReturn

from actions.framework.confirm import confirm, open_ticket
from actions.framework.journey import Journey
from actions.framework.journey_stack import reroute
from actions.framework.known_facts import need_item, need_proven_order
from actions.framework.quoting import restated
from actions.framework.turn import Choice, JourneyTurn
from actions.journeys.returns.reading import (
    ANOTHER,
    FAULTS,
    OPENED,
    REASONS,
    SAYS_FAULTY,
    TAKES_BACK,
    TELLS_OF_GOODS,
    WISH_OF_INTENT,
    WISHES,
    alternative_answer,
    exchange_target,
    is_unclear,
    is_upset,
    reason_answer,
    reason_in,
    shown_reason,
)
from actions.reading.answers import (
    Reader,
    free_text_answer,
    has_defect,
    is_question,
    only_tried_in,
    opened_answer,
    opened_in,
    says_none,
    wish_in,
)
from actions.reading.facts import ANSWERS, CONTACT, IDENTITY, product_in
from actions.reading.turns_of_speech import COMPLAINS, NO_THANKS
from bot.desk.models import Order, OrderItem, Ticket
from bot.desk.orders import return_policy
from bot.desk.orders.return_policy import Decision, Wish
from bot.desk.tickets import bounds, tickets
from bot.desk.tickets.transitions import OPEN

_ANEW = re.compile(r"(要|换成?|改成?)(?P<to>[^，。,.！!\s要换改]{1,20}?)(的|吧|了)*[。.！!]*$")
"""Names another colour or size: “不对，要黑色的”."""


class ReturnJourney(Journey):
    """Decide a return, an exchange or a refund and make its ticket."""

    form = "return_form"
    resumable = True
    facts = (
        "wish", "reason", "faulty", "opened", "only_tried", "item", "digits", "confirmed", "alternative", "exchange_to",
    )  # fmt: skip
    volunteered: ClassVar[dict[str, Reader]] = {
        **IDENTITY,
        **CONTACT,
        "product": product_in,
        "wish": wish_in,
        "opened": opened_in,
        "only_tried": only_tried_in,
        "reason": reason_in,
    }
    free_text = frozenset({"reason", "exchange_to"})
    consents = frozenset({"confirmed", "faulty"})
    required = frozenset({"digits", "confirmed", "wish", "opened", "item", "faulty"})
    faq_topics = frozenset({"return", "refund", "freight", "contact", "order"})

    def answer_readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {
            **self.volunteered,
            **ANSWERS,
            "reason": reason_answer,
            "opened": opened_answer,
            "alternative": alternative_answer,
        }

    def take_wish(self, turn: JourneyTurn) -> None:
        """Take the wish from the intent unless the words tell it."""
        said = wish_in(turn.message)
        if turn.active and said and said != turn.get("wish") and not is_question(turn.message.words):
            turn.set("wish", said)
            turn.say("journey.corrected")
            turn.answered = True
        told = said or WISH_OF_INTENT.get(turn.message.intent)
        if told and turn.get("wish") is None:
            turn.set("wish", told)

    def is_answer(self, turn: JourneyTurn) -> bool:
        """Hear another wish where the reason was asked for: it is none."""
        message = turn.message
        says_no_reason = turn.asked == "reason" and message.words and reason_answer(message) is None
        other_wish = turn.asked == "exchange_to" and wish_in(message) not in (None, "exchange")
        return not (says_no_reason and not says_none(message)) and not other_wish and super().is_answer(turn)

    def take_remark(self, turn: JourneyTurn) -> bool:
        """Explain a refusal again to who argues with it; who insists is offered a person."""
        message = turn.message
        if COMPLAINS.search(message.words):
            return False
        if turn.asked != "alternative":
            return self._take_remark_on_goods(turn)
        if is_question(message.words) and re.search(r"鉴定|检测|检验", message.words):
            turn.say("returns.appraisal_means")
            return True
        if has_defect(message.words) or SAYS_FAULTY.search(message.words):
            # Told late, a fault changes the decision.
            self._add_reason(turn)
            turn.set("faulty", True)
            turn.set("said_phrases", [phrase for phrase in turn.get("said_phrases") or [] if "refused" not in phrase])
            return True
        if not (message.intent in (*WISH_OF_INTENT, "complaint", "deny") or is_question(message.words)):
            return False
        if "insisted" in (turn.get("said_phrases") or []):
            turn.set("alternative", "person")
            return True
        told = [phrase for phrase in turn.get("said_phrases") or [] if "refused" not in phrase]
        turn.set("said_phrases", [*told, "insisted"])
        return True

    def _retell(self, turn: JourneyTurn) -> bool:
        """Take another colour or size after the restatement of an exchange was not agreed to."""
        match = _ANEW.search(turn.message.words)
        if turn.get("exchange_to") and match and not is_question(turn.message.words):
            turn.set("exchange_to", match["to"])
            return True
        return super()._retell(turn)

    def _take_remark_on_goods(self, turn: JourneyTurn) -> bool:
        """Take what is told of the goods, whatever was asked, for more of the reason rather than a new matter."""
        message = turn.message
        told = message.intent in TELLS_OF_GOODS and not is_question(message.words)
        if not told or turn.asked == "digits":
            return False
        if has_defect(message.words) or message.entity("defect"):
            self._add_reason(turn)
        if turn.asked == "opened" and (said := opened_in(message)) is not None:
            turn.accept_answer("opened", said)
        return True

    def _add_reason(self, turn: JourneyTurn) -> None:
        before = turn.get("reason")
        known = before and not any(option.value == before for option in REASONS)
        turn.set("reason", f"{before}；{turn.message.words}"[:200] if known else turn.message.words[:100])

    async def script(self, turn: JourneyTurn) -> None:
        """Ask, decide, explain, confirm, record."""
        if not turn.active and is_upset(turn.message):
            turn.say_once("returns.sorry")
        order = await need_proven_order(turn, ask="returns.ask_order")
        if order is None and NO_THANKS.search(turn.message.words):
            turn.leave(None, "journey.dropped")
        if order is None:
            turn.leave("handoff_form", "order.cannot_find")
            return
        if order.state == "shipped":
            if turn.active or turn.message.intent in WISH_OF_INTENT:
                turn.say("returns.refused_not_delivered", product=order.items[0].name)
            turn.leave(None, "returns.refuse_delivery")
        if order.state in ("unpaid", "paid", "packed", "cancelled", "returned"):
            turn.set("order_request", "money" if order.state in ("cancelled", "returned") else "cancel")
            turn.leave("order_form", f"returns.order_{order.state}")
        standing = await self._standing(turn, order)
        if standing and not turn.active and TAKES_BACK.search(turn.message.words):
            reroute(turn, "withdraw")
        item = await self._item(turn, order, standing)
        customer = bounds.Sender(turn.message.conversation, turn.message.channel, turn.message.sender)
        known = await bounds.open_on_item(turn.session, order.number, item.sku, sender=customer)
        if known is not None:
            turn.set("ticket", known.number)
            turn.leave(None, "returns.already", product=item.name, number=known.number, due=known.due_at)
        wished: Wish = turn.need("wish", "returns.ask_wish", wish_in, options=WISHES)
        if wished == "repair":
            self._to_repair(turn, item)
        reason = str(turn.need("reason", "returns.ask_reason", reason_answer, options=REASONS))
        was_opened = bool(turn.need("opened", "returns.ask_opened", opened_answer, options=OPENED, product=item.name))
        defect = bool(turn.get("faulty")) or reason in FAULTS or has_defect(reason)

        def decided(*, defect: bool) -> Decision:
            return return_policy.decide(
                policy=return_policy.returns_policy(),
                order=order,
                item=item,
                wish=wished,
                opened=was_opened,
                defect=defect,
                now=turn.now,
                tried=bool(turn.get("only_tried")),
            )

        decision = decided(defect=defect)
        # Whether the goods are at fault is asked where it decides and the words do not tell.
        open_question = not (decision.granted or defect) and is_unclear(reason)
        if open_question and decided(defect=True).granted:
            defect = turn.agrees(
                "faulty", "returns.ask_faulty", yes="button.faulty", no="button.not_faulty", product=item.name
            )
            decision = decided(defect=defect)
        if not decision.granted:
            await self._refuse(turn, decision, item=item)
            return
        if decision.wish == "exchange":
            turn.need("exchange_to", "returns.ask_exchange_to", free_text_answer, product=item.name)
        await self._grant(turn, decision, order=order, item=item, reason=reason, defect=defect)

    async def _standing(self, turn: JourneyTurn, order: Order) -> list[Ticket]:
        """Return the requests that this customer made under the order already."""
        return [
            ticket
            for ticket in await tickets.open_of(turn.session, turn.message.conversation)
            if ticket.kind in bounds.AFTER_SALES and ticket.order_number == order.number
        ]

    async def _elsewhere(self, turn: JourneyTurn, order: Order, item: OrderItem) -> str | None:
        """Name the open requests for the same goods of other customers: staff must not pay twice."""
        found = [
            ticket.number
            for ticket in await tickets.of_order(turn.session, order.number)
            if ticket.kind in bounds.AFTER_SALES and ticket.state in OPEN and ticket.fields.get("sku") == item.sku
        ]
        return "、".join(found) or None

    async def _item(self, turn: JourneyTurn, order: Order, standing: list[Ticket]) -> OrderItem:
        """Return the goods meant; “另一本也退” means those of which no request stands yet."""
        done = {ticket.fields.get("sku") for ticket in standing}
        left = [item for item in order.items if item.sku not in done]
        if len(left) == 1 and done and not turn.active and ANOTHER.search(turn.message.words):
            turn.set("product", left[0].sku)
        return await need_item(turn, order)

    async def _grant(
        self, turn: JourneyTurn, decision: Decision, *, order: Order, item: OrderItem, reason: str, defect: bool
    ) -> None:
        turn.say_once(f"returns.granted_{decision.reason}", product=item.name)
        payer = decision.freight_paid_by
        confirm(
            turn,
            f"returns.restate_{decision.wish}",
            product=item.name,
            reason=shown_reason(reason),
            order=order.number,
            # Said of an exchange alone.
            to=restated(exchange_target(str(turn.get("exchange_to") or item.name))),
        )
        amount = item.price * item.quantity
        fields = {
            "order": order.number,
            "product": item.name,
            "sku": item.sku,
            "model": item.model,
            "reason": reason,
            "fault": reason if defect else None,
            "opened": turn.get("opened"),
            "wish": turn.get("wish"),
            "exchange_to": turn.get("exchange_to"),
            "freight_paid_by": payer,
            "amount": str(Decimal(amount)),
            "name": turn.get("name") or order.customer,
            "phone": turn.get("phone") or order.phone,
            "address": turn.get("address") or order.address,
            "earlier": await self._elsewhere(turn, order, item),
        }
        ticket = await open_ticket(turn, decision.wish, fields)
        turn.say(
            f"returns.done_{decision.wish}",
            ticket=ticket.number,
            number=ticket.number,
            due=ticket.due_at,
            product=item.name,
        )
        turn.say(f"returns.freight_{payer}")
        if decision.send is not None:
            turn.say(decision.send)
        if decision.wish != "exchange" and decision.money_days:
            turn.say("returns.money", days=decision.money_days, amount=amount)
        turn.say("journey.anything_else")

    async def _refuse(self, turn: JourneyTurn, decision: Decision, *, item: OrderItem) -> None:
        turn.say_once(f"returns.refused_{decision.reason}", product=item.name)
        options = [Choice(name, f"button.alternative_{name}") for name in (*decision.alternatives, "person")]
        chosen = turn.need("alternative", "returns.ask_alternative", alternative_answer, options=options)
        if chosen in ("repair", "paid_repair"):
            self._to_repair(turn, item)
        if chosen == "refuse_delivery":
            turn.leave(None, "returns.refuse_delivery")
        if chosen == "exchange":
            turn.set("wish", "exchange")
            turn.set("alternative", None)
            await self.script(turn)
            return
        if chosen == "appraisal":
            await self._appraise(turn, item)
            return
        if chosen == "person":
            turn.leave("handoff_form")
        turn.say("returns.refused_end")

    def _to_repair(self, turn: JourneyTurn, item: OrderItem) -> NoReturn:
        """Go on with the repair, which need not ask for what was told here.

        Raises:
            JourneyEnded: always.
        """
        reason = turn.get("reason")
        for slot, value in (("service", "repair"), ("product", item.sku)):
            turn.set(slot, value)
        if reason and has_defect(str(reason)):
            turn.set("fault", reason)
        turn.leave("repair_form", "returns.to_repair")

    async def _appraise(self, turn: JourneyTurn, item: OrderItem) -> None:
        order = str(turn.get("order"))
        ticket = await open_ticket(
            turn,
            "consultation",
            {
                "order": order,
                "product": item.name,
                "what": "appraisal",
                "reason": turn.get("reason"),
                "opened": turn.get("opened"),
            },
        )
        turn.say("returns.appraisal_done", ticket=ticket.number, number=ticket.number, due=ticket.due_at)
