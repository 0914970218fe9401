"""Return, exchange, refund 退换货: decided by the shop's policy, refused with reason and alternatives (§3.3)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import ClassVar, NoReturn

from actions.framework.case import Case, Option
from actions.framework.confirm import confirm, open_ticket
from actions.framework.journey import Journey
from actions.framework.journey_stack import hand_over
from actions.framework.known_facts import item_of, proven_order
from actions.framework.quoting import quote
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
    alternative,
    exchange_target,
    is_unclear,
    is_upset,
    reason_in,
    reason_told,
    said_back,
)
from actions.reading.answers import (
    Reader,
    has_defect,
    is_question,
    narrative,
    only_tried,
    opened,
    opened_answer,
    says_none,
    wish,
)
from actions.reading.facts import ANSWERS, CONTACT, IDENTITY, product
from actions.reading.turns_of_speech import COMPLAINS, NO_THANKS
from bot.desk.models import Order, OrderItem, Ticket
from bot.desk.orders import return_policy
from bot.desk.orders.return_policy import Decision, Wish
from bot.desk.tickets import tickets
from bot.desk.tickets.transitions import OPEN

_KINDS = frozenset({"return", "exchange", "refund"})
_ANEW = re.compile(r"(要|换成?|改成?)(?P<to>[^，。,.！!\s要换改]{1,20}?)(的|吧|了)*[。.！!]*$")
"""Names another colour or size: “不对，要黑色的”."""


class ReturnJourney(Journey):
    """Decide a return, an exchange or a refund and make its ticket."""

    form = "return_form"
    hard = True
    facts = ("wish", "reason", "faulty", "opened", "tried", "item", "digits", "confirmed", "alternative", "exchange_to")
    spots: ClassVar[dict[str, Reader]] = {
        **IDENTITY,
        **CONTACT,
        "product": product,
        "wish": wish,
        "opened": opened,
        "tried": only_tried,
        "reason": reason_in,
    }
    free = frozenset({"reason", "exchange_to"})
    consents = frozenset({"confirmed", "faulty"})
    indispensable = frozenset({"digits", "confirmed", "wish", "opened", "item", "faulty"})
    rules = frozenset({"return", "refund", "freight", "contact", "order"})

    def readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {
            **self.spots,
            **ANSWERS,
            "reason": reason_told,
            "opened": opened_answer,
            "alternative": alternative,
        }

    def adopt(self, case: Case) -> None:
        """Take the wish from the intent unless the words tell it."""
        said = wish(case.message)
        if case.active and said and said != case.get("wish") and not is_question(case.message.words):
            case.set("wish", said)
            case.say("journey.corrected")
            case.answered = True
        told = said or WISH_OF_INTENT.get(case.message.intent)
        if told and case.get("wish") is None:
            case.set("wish", told)

    def answers(self, case: Case) -> bool:
        """Hear another wish where the reason was asked for: it is none."""
        message = case.message
        says_no_reason = case.asked == "reason" and message.words and reason_told(message) is None
        other_wish = case.asked == "exchange_to" and wish(message) not in (None, "exchange")
        return not (says_no_reason and not says_none(message)) and not other_wish and super().answers(case)

    def hears(self, case: Case) -> bool:
        """Explain a refusal again to who argues with it; who insists is offered a person."""
        message = case.message
        if COMPLAINS.search(message.words):
            return False
        if case.asked != "alternative":
            return self._hears_more(case)
        if is_question(message.words) and re.search(r"鉴定|检测|检验", message.words):
            case.say("returns.appraisal_means")
            return True
        if has_defect(message.words) or SAYS_FAULTY.search(message.words):
            # Told late, a fault changes the decision.
            self._add_reason(case)
            case.set("faulty", True)
            case.set("told", [phrase for phrase in case.get("told") or [] if "refused" not in phrase])
            return True
        if not (message.intent in (*WISH_OF_INTENT, "complaint", "deny") or is_question(message.words)):
            return False
        if "insisted" in (case.get("told") or []):
            case.set("alternative", "person")
            return True
        told = [phrase for phrase in case.get("told") or [] if "refused" not in phrase]
        case.set("told", [*told, "insisted"])
        return True

    def _tell_anew(self, case: Case) -> bool:
        """Take another colour or size after the restatement of an exchange was not agreed to."""
        match = _ANEW.search(case.message.words)
        if case.get("exchange_to") and match and not is_question(case.message.words):
            case.set("exchange_to", match["to"])
            return True
        return super()._tell_anew(case)

    def _hears_more(self, case: Case) -> bool:
        """Take what is told of the goods, whatever was asked, for more of the reason rather than a new matter."""
        message = case.message
        told = message.intent in TELLS_OF_GOODS and not is_question(message.words)
        if not told or case.asked == "digits":
            return False
        if has_defect(message.words) or message.entity("defect"):
            self._add_reason(case)
        if case.asked == "opened" and (said := opened(message)) is not None:
            case.take("opened", said)
        return True

    def _add_reason(self, case: Case) -> None:
        before = case.get("reason")
        known = before and not any(option.value == before for option in REASONS)
        case.set("reason", f"{before}；{case.message.words}"[:200] if known else case.message.words[:100])

    async def script(self, case: Case) -> None:
        """Ask, decide, explain, confirm, record."""
        if not case.active and is_upset(case.message):
            case.tell("returns.sorry")
        order = await proven_order(case, ask="returns.ask_order")
        if order is None and NO_THANKS.search(case.message.words):
            case.leave(None, "journey.dropped")
        if order is None:
            case.leave("handoff_form", "order.cannot_find")
            return
        if order.state == "shipped":
            if case.active or case.message.intent in WISH_OF_INTENT:
                case.say("returns.refused_not_delivered", product=order.items[0].name)
            case.leave(None, "returns.refuse_delivery")
        if order.state in ("unpaid", "paid", "packed", "cancelled", "returned"):
            case.set("topic", "money" if order.state in ("cancelled", "returned") else "cancel")
            case.leave("order_form", f"returns.order_{order.state}")
        standing = await self._standing(case, order)
        if standing and not case.active and TAKES_BACK.search(case.message.words):
            hand_over(case, "withdraw")
        item = await self._item(case, order, standing)
        known = next((ticket for ticket in standing if ticket.fields.get("sku") == item.sku), None)
        if known is not None:
            case.set("ticket", known.number)
            case.leave(None, "returns.already", product=item.name, number=known.number, due=known.due_at)
        wished: Wish = case.need("wish", "returns.ask_wish", wish, options=WISHES)
        if wished == "repair":
            self._to_repair(case, item)
        reason = str(case.need("reason", "returns.ask_reason", reason_told, options=REASONS))
        was_opened = bool(case.need("opened", "returns.ask_opened", opened_answer, options=OPENED, product=item.name))
        defect = bool(case.get("faulty")) or reason in FAULTS or has_defect(reason)

        def decided(*, defect: bool) -> Decision:
            return return_policy.decide(
                policy=return_policy.returns_policy(),
                order=order,
                item=item,
                wish=wished,
                opened=was_opened,
                defect=defect,
                now=case.now,
                tried=bool(case.get("tried")),
            )

        decision = decided(defect=defect)
        # Whether the goods are at fault is asked where it decides and the words do not tell.
        open_question = not (decision.granted or defect) and is_unclear(reason)
        if open_question and decided(defect=True).granted:
            defect = case.agrees(
                "faulty", "returns.ask_faulty", yes="button.faulty", no="button.not_faulty", product=item.name
            )
            decision = decided(defect=defect)
        if not decision.granted:
            await self._refuse(case, decision, item=item)
            return
        if decision.wish == "exchange":
            case.need("exchange_to", "returns.ask_exchange_to", narrative, product=item.name)
        await self._grant(case, decision, order=order, item=item, reason=reason, defect=defect)

    async def _standing(self, case: Case, order: Order) -> list[Ticket]:
        """Return the requests that this customer made under the order already."""
        return [
            ticket
            for ticket in await tickets.open_of(case.session, case.message.conversation)
            if ticket.kind in _KINDS and ticket.order_number == order.number
        ]

    async def _elsewhere(self, case: Case, order: Order, item: OrderItem) -> str | None:
        """Name the open requests for the same goods in other conversations: staff must not pay twice."""
        found = [
            ticket.number
            for ticket in await tickets.of_order(case.session, order.number)
            if ticket.kind in _KINDS and ticket.state in OPEN and ticket.fields.get("sku") == item.sku
        ]
        return "、".join(found) or None

    async def _item(self, case: Case, order: Order, standing: list[Ticket]) -> OrderItem:
        """Return the goods meant; “另一本也退” means those of which no request stands yet."""
        done = {ticket.fields.get("sku") for ticket in standing}
        left = [item for item in order.items if item.sku not in done]
        if len(left) == 1 and done and not case.active and ANOTHER.search(case.message.words):
            case.set("product", left[0].sku)
        return await item_of(case, order)

    async def _grant(
        self, case: Case, decision: Decision, *, order: Order, item: OrderItem, reason: str, defect: bool
    ) -> None:
        case.tell(f"returns.granted_{decision.reason}", product=item.name)
        payer = decision.freight_paid_by
        confirm(
            case,
            f"returns.restate_{decision.wish}",
            product=item.name,
            reason=said_back(reason),
            order=order.number,
            # Said of an exchange alone.
            to=quote(exchange_target(str(case.get("exchange_to") or item.name))),
        )
        amount = item.price * item.quantity
        fields = {
            "order": order.number,
            "product": item.name,
            "sku": item.sku,
            "model": item.model,
            "reason": reason,
            "fault": reason if defect else None,
            "opened": case.get("opened"),
            "wish": case.get("wish"),
            "exchange_to": case.get("exchange_to"),
            "freight_paid_by": payer,
            "amount": str(Decimal(amount)),
            "name": case.get("name") or order.customer,
            "phone": case.get("phone") or order.phone,
            "address": case.get("address") or order.address,
            "earlier": await self._elsewhere(case, order, item),
        }
        ticket = await open_ticket(case, decision.wish, fields)
        case.say(
            f"returns.done_{decision.wish}",
            ticket=ticket.number,
            number=ticket.number,
            due=ticket.due_at,
            product=item.name,
        )
        case.say(f"returns.freight_{payer}")
        case.say("returns.send", things="、".join(decision.send))
        if decision.wish != "exchange" and decision.money_days:
            case.say("returns.money", days=decision.money_days, amount=amount)
        case.say("journey.anything_else")

    async def _refuse(self, case: Case, decision: Decision, *, item: OrderItem) -> None:
        case.tell(f"returns.refused_{decision.reason}", product=item.name)
        options = [Option(name, f"button.alternative_{name}") for name in (*decision.alternatives, "person")]
        chosen = case.need("alternative", "returns.ask_alternative", alternative, options=options)
        if chosen in ("repair", "paid_repair"):
            self._to_repair(case, item)
        if chosen == "refuse_delivery":
            case.leave(None, "returns.refuse_delivery")
        if chosen == "exchange":
            case.set("wish", "exchange")
            case.set("alternative", None)
            await self.script(case)
            return
        if chosen == "appraisal":
            await self._appraise(case, item)
            return
        if chosen == "person":
            case.leave("handoff_form")
        case.say("returns.refused_end")

    def _to_repair(self, case: Case, item: OrderItem) -> NoReturn:
        """Go on with the repair, which need not ask for what was told here.

        Raises:
            Left: always.
        """
        reason = case.get("reason")
        for slot, value in (("service", "repair"), ("product", item.sku)):
            case.set(slot, value)
        if reason and has_defect(str(reason)):
            case.set("fault", reason)
        case.leave("repair_form", "returns.to_repair")

    async def _appraise(self, case: Case, item: OrderItem) -> None:
        order = str(case.get("order"))
        ticket = await open_ticket(
            case,
            "consultation",
            {
                "order": order,
                "product": item.name,
                "what": "appraisal",
                "reason": case.get("reason"),
                "opened": case.get("opened"),
            },
        )
        case.say("returns.appraisal_done", ticket=ticket.number, number=ticket.number, due=ticket.due_at)
