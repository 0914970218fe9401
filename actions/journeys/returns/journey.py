"""Return, exchange, refund 退换货: decided by the shop's policy, refused with reason and alternatives (§3.3)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, ClassVar

from actions.framework.acts import Act, Interpretation
from actions.framework.journey import Journey
from actions.framework.journey_stack import reroute
from actions.framework.questions.confirm import confirm, open_ticket
from actions.framework.questions.order import need_item, need_proven_order
from actions.framework.quoting import restated
from actions.framework.turn import JourneyTurn
from actions.journeys.returns.reading import (
    ANOTHER,
    FAULTS,
    OPENED,
    REASONS,
    TAKES_BACK,
    TELLS_OF_GOODS,
    WISH_OF_INTENT,
    WISHES,
    alternative_answer,
    exchange_target,
    is_unclear,
    is_upset,
    more_reason,
    reason_answer,
    reason_in,
    shown_reason,
)
from actions.journeys.returns.refusal import against_refusal, continue_with_repair, refuse
from actions.journeys.starts import OrderStart
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
from bot.desk.orders.return_policy import ReturnDecision, ReturnWish, decide_return, shop_return_policy
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
        "explained_refusal", "refusal_disputed",
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
        if not turn.begins and said and said != turn.get("wish") and not is_question(turn.message.words):
            turn.set("wish", said)
            turn.say("journey.corrected")
            turn.consume_message()
        told = said or WISH_OF_INTENT.get(turn.message.intent)
        if told and turn.get("wish") is None:
            turn.set("wish", told)

    def is_answer(self, turn: JourneyTurn) -> bool:
        """Hear another wish where the reason was asked for: it is none."""
        message = turn.message
        says_no_reason = turn.asked == "reason" and message.words and reason_answer(message) is None
        other_wish = turn.asked == "exchange_to" and wish_in(message) not in (None, "exchange")
        return not (says_no_reason and not says_none(message)) and not other_wish and super().is_answer(turn)

    def remark(self, turn: JourneyTurn) -> Interpretation | None:
        """Read what is told of the goods or against a refusal."""
        if COMPLAINS.search(turn.message.words):
            return None
        return against_refusal(turn) if turn.asked == "alternative" else self._of_goods(turn)

    def _of_goods(self, turn: JourneyTurn) -> Interpretation | None:
        """Take what is told of the goods, whatever was asked, for more of the reason rather than a new matter."""
        message = turn.message
        told = message.intent in TELLS_OF_GOODS and not is_question(message.words)
        if not told or turn.asked == "digits":
            return None
        facts: dict[str, Any] = {}
        if has_defect(message.words) or message.entity("defect"):
            facts["reason"] = more_reason(turn.get("reason"), turn.message)
        if turn.asked == "opened" and (said := opened_in(message)) is not None:
            facts |= {"opened": said, "misses": None}
        return Interpretation(Act.REMARKS, facts=facts)

    def retold_facts(self, turn: JourneyTurn) -> dict[str, Any]:
        """Read another colour or size after the restatement of an exchange was not agreed to."""
        match = _ANEW.search(turn.message.words)
        if turn.get("exchange_to") and match and not is_question(turn.message.words):
            return {"exchange_to": match["to"]}
        return super().retold_facts(turn)

    async def script(self, turn: JourneyTurn) -> None:
        """Ask, decide, explain, confirm, record."""
        if turn.begins and is_upset(turn.message):
            turn.say_once("returns.sorry")
        order = await self._order(turn)
        item = await self._item(turn, order)
        wished: ReturnWish = turn.need("wish", "returns.ask_wish", wish_in, choices=WISHES)
        if wished == "repair":
            continue_with_repair(turn, item)
        reason = str(turn.need("reason", "returns.ask_reason", reason_answer, choices=REASONS))
        turn.need("opened", "returns.ask_opened", opened_answer, choices=OPENED, product=item.name)
        decision, faulty = self._decide(turn, order, item, reason=reason)
        if decision.granted:
            await self._grant(turn, decision, order=order, item=item, reason=reason, faulty=faulty)
        elif await refuse(turn, decision, item=item) == "exchange":
            turn.set("wish", "exchange")
            turn.clear("alternative")
            await self.script(turn)

    async def _order(self, turn: JourneyTurn) -> Order:
        """Return the order, delivered and proven.

        Raises:
            AwaitingAnswer: number or digits were asked for.
            JourneyEnded: there is no order, or nothing can come back in its state.
        """
        order = await need_proven_order(turn, ask="returns.ask_order")
        if order is None and NO_THANKS.search(turn.message.words):
            turn.end("journey.dropped")
        if order is None:
            turn.continue_with("handoff_form", "order.cannot_find")
        if order.state == "shipped":
            if not turn.begins or turn.message.intent in WISH_OF_INTENT:
                turn.say("returns.refused_not_delivered", product=order.items[0].name)
            turn.end("returns.refuse_delivery")
        if order.state in ("unpaid", "paid", "packed", "cancelled", "returned"):
            request = "money" if order.state in ("cancelled", "returned") else "cancel"
            turn.continue_with(OrderStart(order_request=request), f"returns.order_{order.state}")
        return order

    async def _item(self, turn: JourneyTurn, order: Order) -> OrderItem:
        """Return the goods meant; “另一本也退” means those that no request stands for yet.

        Raises:
            AwaitingAnswer: it was asked which.
            JourneyEnded: a request for them stands already, or it is taken back.
        """
        standing = await self._standing(turn, order)
        if standing and turn.begins and TAKES_BACK.search(turn.message.words):
            reroute(turn, "withdraw")
        done = {ticket.fields.get("sku") for ticket in standing}
        left = [item for item in order.items if item.sku not in done]
        if len(left) == 1 and done and turn.begins and ANOTHER.search(turn.message.words):
            turn.set("product", left[0].sku)
        item = await need_item(turn, order)
        customer = bounds.Sender(turn.message.conversation, turn.message.channel, turn.message.sender)
        known = await bounds.open_on_item(turn.session, order.number, item.sku, sender=customer)
        if known is not None:
            turn.set("ticket", known.number)
            turn.end("returns.already", product=item.name, number=known.number, due=known.due_at)
        return item

    def _decide(self, turn: JourneyTurn, order: Order, item: OrderItem, *, reason: str) -> tuple[ReturnDecision, bool]:
        """Decide by the shop's policy; return the decision and whether the goods are at fault.

        Raises:
            AwaitingAnswer: whether they are was asked, where it decides and the words do not tell.
        """

        def decided(*, faulty: bool) -> ReturnDecision:
            return decide_return(
                policy=shop_return_policy(),
                order=order,
                item=item,
                wish=turn.get("wish"),
                opened=bool(turn.get("opened")),
                defect=faulty,
                now=turn.now,
                tried=bool(turn.get("only_tried")),
            )

        faulty = bool(turn.get("faulty")) or reason in FAULTS or has_defect(reason)
        decision = decided(faulty=faulty)
        if decision.granted or faulty or not is_unclear(reason) or not decided(faulty=True).granted:
            return decision, faulty
        faulty = turn.need_consent(
            "faulty", "returns.ask_faulty", yes="button.faulty", no="button.not_faulty", product=item.name
        )
        return decided(faulty=faulty), faulty

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

    async def _grant(
        self, turn: JourneyTurn, decision: ReturnDecision, *, order: Order, item: OrderItem, reason: str, faulty: bool
    ) -> None:
        if decision.wish == "exchange":
            turn.need("exchange_to", "returns.ask_exchange_to", free_text_answer, product=item.name)
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
            "fault": reason if faulty else None,
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
