"""Return, exchange, refund 退换货: decided by the shop's policy, refused with reason and alternatives (§3.3)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import ClassVar, NoReturn

from actions.case import Case, Option, titled
from actions.classify import heat_of
from actions.facts import ANSWERS, CONTACT, IDENTITY, product
from actions.hearing import COMPLAINS, NO_THANKS
from actions.journey import Journey
from actions.known import item_of, proven_order
from actions.message import Message
from actions.quoting import quote
from actions.reading import Reader, has_defect, is_question, narrative, only_tried, opened, opened_answer, wish
from actions.writing import confirm, open_ticket
from bot.desk import returns, tickets
from bot.desk.models import Order, OrderItem
from bot.desk.returns import Decision, Wish

_WISH_OF_INTENT = {"return_goods": "return", "exchange_goods": "exchange", "refund_status": "refund"}
_WISHES = (
    Option("return", "button.return"),
    Option("exchange", "button.exchange"),
    Option("repair", "button.repair_wish"),
)
_OPENED = (Option(False, "button.unopened"), Option(True, "button.opened"))
_REASONS = (
    Option("quality", "button.reason_quality"),
    Option("size", "button.reason_size"),
    Option("dislike", "button.reason_dislike"),
    Option("wrong", "button.reason_wrong"),
)
_SHORT = 10
"""Characters in which nothing more stands than what is wished."""
_FAULTS = frozenset({"quality", "wrong"})
"""Reasons chosen by button that lay the fault with the goods."""
_REASON = re.compile(
    r"不喜欢|不想要|不满意|后悔|买错|拍错|买多|买重|太?(大|小|长|短|宽|窄|肥|瘦|厚|薄|重|轻|贵|紧|松)了|不合(适|身|脚)|尺码|尺寸|颜色|款式|不好看|不舒服|难看|显胖|不需要|用不(上|着)|色差|货不对板|"
    r"与?描述不符|发错|少发|错发|质量|坏|破|裂|漏|瑕疵|故障|毛病|不制冷|不加热|异响|起球|开线|掉色|褪色|过敏|异味|降价|不好用|不好吃|过期|变质|划痕|磨损|脱胶|不亮|不转|黑屏|死机|卡顿|充不"
)


def _reason(message: Message) -> str | None:
    clauses = [c for c in re.findall(r"[^\s，。,；;！!？?]+[？?]?", message.words) if not is_question(c)]
    return next((c[:80] for c in clauses if _REASON.search(c) or has_defect(c)), None)


def _reason_told(message: Message) -> str | None:
    """Read the answer to “why?”: words that only change what is wished are none."""
    reason = _reason(message)
    if reason is not None:
        return message.words[:100]
    changes_wish = wish(message) is not None and len(message.bare()) <= _SHORT
    return None if changes_wish else narrative(message)


def _is_upset(message: Message) -> bool:
    """Tell whether an apology is due before anything is asked: the goods are at fault, or the customer is angry."""
    return has_defect(message.words) or heat_of(message.words, insulted=False) > 1


def _said(reason: str) -> str | dict[str, str]:
    """Return a reason as it is restated: the title of the button chosen, else the customer's words."""
    return titled(_REASONS, reason) if any(o.value == reason for o in _REASONS) else quote(reason)


def _alternative(message: Message) -> str | None:
    text = message.words
    if wish(message) == "repair":
        return "repair"
    if wish(message) == "exchange":
        return "exchange"
    if re.search(r"鉴定|检测|检验", text):
        return "appraisal"
    if message.intent == "ask_human" or re.search(r"人工|经理|主管|同事", text):
        return "person"
    return None


class ReturnJourney(Journey):
    """Decide a return, an exchange or a refund and make its ticket."""

    form = "return_form"
    hard = True
    facts = ("wish", "reason", "opened", "tried", "item", "digits", "confirmed", "alternative", "exchange_to")
    spots: ClassVar[dict[str, Reader]] = {
        **IDENTITY,
        **CONTACT,
        "product": product,
        "wish": wish,
        "opened": opened,
        "tried": only_tried,
        "reason": _reason,
    }
    free = frozenset({"reason", "exchange_to"})
    indispensable = frozenset({"digits", "confirmed", "wish", "opened", "item"})
    rules = frozenset({"return", "refund", "freight", "contact", "order"})

    def readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {
            **self.spots,
            **ANSWERS,
            "reason": _reason_told,
            "opened": opened_answer,
            "alternative": _alternative,
        }

    def adopt(self, case: Case) -> None:
        """Take the wish from the intent unless the words tell it."""
        said = wish(case.message)
        if case.active and said and said != case.get("wish") and not is_question(case.message.words):
            case.set("wish", said)
            case.say("journey.corrected")
            case.answered = True
        told = said or _WISH_OF_INTENT.get(case.message.intent)
        if told and case.get("wish") is None:
            case.set("wish", told)

    def answers(self, case: Case) -> bool:
        """Hear another wish where the reason was asked for: it is none."""
        message = case.message
        says_no_reason = case.asked == "reason" and message.words and _reason_told(message) is None
        return not (says_no_reason and wish(message)) and super().answers(case)

    def hears(self, case: Case) -> bool:
        """Explain a refusal again to who argues with it; who insists is offered a person."""
        message = case.message
        argues = message.intent in (*_WISH_OF_INTENT, "complaint", "deny") or is_question(message.words)
        if case.asked != "alternative" or not argues or COMPLAINS.search(message.words):
            return False
        if "insisted" in (case.get("told") or []):
            case.set("alternative", "person")
            return True
        told = [phrase for phrase in case.get("told") or [] if "refused" not in phrase]
        case.set("told", [*told, "insisted"])
        return True

    async def script(self, case: Case) -> None:
        """Ask, decide, explain, confirm, record."""
        if not case.active and _is_upset(case.message):
            case.tell("returns.sorry")
        order = await proven_order(case, ask="returns.ask_order")
        if order is None and NO_THANKS.search(case.message.words):
            case.leave(None, "journey.dropped")
        if order is None:
            case.leave("handoff_form", "order.cannot_find")
            return
        if order.state == "shipped":
            if case.active or case.message.intent in _WISH_OF_INTENT:
                case.say("returns.refused_not_delivered", product=order.items[0].name)
            case.leave(None, "returns.refuse_delivery")
        if order.state in ("unpaid", "paid", "packed", "cancelled", "returned"):
            case.set("topic", "money" if order.state in ("cancelled", "returned") else "cancel")
            case.leave("order_form", f"returns.order_{order.state}")
        item = await item_of(case, order)
        await self._known_already(case, order, item)
        wished: Wish = case.need("wish", "returns.ask_wish", wish, options=_WISHES)
        if wished == "repair":
            self._to_repair(case, item)
        reason = str(case.need("reason", "returns.ask_reason", _reason_told, options=_REASONS))
        was_opened = bool(case.need("opened", "returns.ask_opened", opened_answer, options=_OPENED, product=item.name))
        defect = reason in _FAULTS or has_defect(reason)
        decision = returns.decide(
            policy=returns.returns_policy(),
            order=order,
            item=item,
            wish=wished,
            opened=was_opened,
            defect=defect,
            now=case.now,
            tried=bool(case.get("tried")),
        )
        if not decision.granted:
            await self._refuse(case, decision, item=item)
            return
        if decision.wish == "exchange":
            case.need("exchange_to", "returns.ask_exchange_to", narrative, product=item.name)
        await self._grant(case, decision, order=order, item=item, reason=reason, defect=defect)

    async def _known_already(self, case: Case, order: Order, item: OrderItem) -> None:
        """Tell of the request that this customer made for these goods already, rather than make a second one.

        Raises:
            Left: there is one.
        """
        standing = [
            ticket
            for ticket in await tickets.open_of(case.session, case.message.conversation)
            if ticket.kind in ("return", "exchange", "refund") and ticket.order_number == order.number
        ]
        known = next((ticket for ticket in standing if ticket.fields.get("sku") == item.sku), None)
        if known is not None:
            case.set("ticket", known.number)
            case.leave(None, "returns.already", product=item.name, number=known.number, due=known.due_at)

    async def _grant(
        self, case: Case, decision: Decision, *, order: Order, item: OrderItem, reason: str, defect: bool
    ) -> None:
        case.tell(f"returns.granted_{decision.reason}", product=item.name)
        payer = decision.freight_paid_by
        confirm(case, f"returns.restate_{decision.wish}", product=item.name, reason=_said(reason), order=order.number)
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
        chosen = case.need("alternative", "returns.ask_alternative", _alternative, options=options)
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
