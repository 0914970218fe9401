"""Everything about an order: where it is, changing it, cancelling it, its money (§3.1, §3.3)."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.framework.answer_policy import ASKED
from actions.framework.case import Case, Option
from actions.framework.confirm import open_ticket
from actions.framework.faq import try_faq
from actions.framework.journey import Journey
from actions.framework.journey_stack import hand_over
from actions.framework.known_facts import proven_order
from actions.journeys.order.change import change, changed, intercepts, new_title, wished_time
from actions.reading.answers import Reader, yes_no
from actions.reading.facts import ANSWERS, CONTACT, IDENTITY, address, address_answer, product
from actions.reading.message import Message
from actions.reading.turns_of_speech import NO_THANKS
from bot.desk.conversations import consultations
from bot.desk.models import Order, Ticket
from bot.desk.orders import orders
from bot.desk.tickets import tickets

_TOPICS = {
    "order_status": "status",
    "logistics": "status",
    "modify_order_or_address": "change",
    "cancel_order": "cancel",
    "refund_status": "money",
    "invoice": "change",
    "withdraw": "cancel",
    "urge": "status",
    "ticket_progress": "status",
}
_OF_ORDER = re.compile(r"订单|单子|快递|发货|收货|物流|包裹|送货|发票|抬头|这单|那单")
"""Words of an order rather than of a ticket."""
_NOT_RECEIVED = re.compile(r"(没|未)(有)?(收到|签收|拿到|见到)|谁(帮我)?签|不是我(签|收)|根本没(收|拿|见)")
"""Contradicts a delivery that the records know."""
_TOPIC_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("change", re.compile(r"(改|换)(成|到|为|一?下)|[修更]改|改(地址|时间|抬头)")),
    ("cancel", re.compile(r"取消|撤(单|销|了)|不要了")),
    ("status", re.compile(r"查|看(看|一?下)|到哪|状态|物流|快递")),
)
"""What is wished of an order when nothing but the words beside its number tells it."""


def _cancels(message: Message) -> bool | None:
    """Read the answer to “really cancel?”: 取消 alone is a yes here."""
    if re.search(r"(不|别)(想)?(取消|退|撤)", message.words):
        return False
    told = yes_no(message)
    return (
        True
        if told is None and re.match(r"(那就?|就|给我|帮我|直接|快)*(取消|退了|退掉|不要了)", message.words)
        else told
    )


class OrderJourney(Journey):
    """Tell, change or cancel an order, after its proof."""

    form = "order_form"
    facts = ("topic", "change", "value_address", "value_time", "value_invoice", "agreed", "intercept", "digits")
    spots: ClassVar[dict[str, Reader]] = {
        **IDENTITY,
        "product": product,
    }
    free = frozenset({"value_invoice"})
    consents = frozenset({"agreed", "intercept"})
    indispensable = frozenset(
        {"digits", "topic", "change", "value_address", "value_time", "value_invoice", "agreed", "intercept"}
    )

    def readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {
            **self.spots,
            **ANSWERS,
            "agreed": _cancels,
            "intercept": intercepts,
            "change": changed,
            "value_address": address_answer,
            "value_time": wished_time,
        }

    def adopt(self, case: Case) -> None:
        """Take the topic from the intent, and what is to be changed from the words."""
        topic = case.message.pick("topic") or _TOPICS.get(case.message.intent)
        if topic is None and case.get("topic") is None:
            topic = next((name for name, words in _TOPIC_WORDS if words.search(case.message.words)), None)
        if topic is None or topic == case.get("topic"):
            return
        case.clear("change", "value_address", "value_time", "value_invoice", "agreed", "intercept")
        case.set("topic", topic)
        if topic == "change":
            case.set("change", changed(case.message))
            case.set("value_address", address(case.message))
            case.set("value_time", wished_time(case.message) if case.get("change") == "time" else None)
            case.set("value_invoice", new_title(case.message) if case.get("change") == "invoice" else None)

    def hears(self, case: Case) -> bool:
        """Take a question about the order's state in the middle of its change: it does not end the change."""
        message = case.message
        asks = _TOPICS.get(message.intent) == "status" and message.confidence >= ASKED
        if not asks or case.get("topic") not in ("change", "cancel"):
            return False
        case.aside = case.get("order") in (case.get("proven") or [])
        if not case.aside:
            case.set("later", [*(case.get("later") or []), message.for_later()])
        return True

    async def script(self, case: Case) -> None:
        """Answer what holds for all orders at once; else ask for the order and do what is wished."""
        await self._means_ticket(case)
        topic = str(case.need("topic", "order.ask_topic", lambda _: None, options=_ORDER_TOPICS))
        if not case.active and case.get("order") is None and await try_faq(case):
            if not _is_own(case.message):
                case.leave(None)
            case.ask("order", "order.invite_number")
        order = await proven_order(case)
        if order is None and NO_THANKS.search(case.message.words):
            case.leave(None, "journey.dropped")
        if order is None:
            case.leave("handoff_form", None if case.asked == "digits" else "order.cannot_find")
            return
        if case.aside:
            await self._status(case, order)
        await {"status": self._status, "change": change, "cancel": self._cancel, "money": self._money}[topic](
            case, order
        )

    async def _means_ticket(self, case: Case) -> None:
        """Hand a change over to the ticket that was spoken of last: “算了不约了” behind a booking means no order.

        Raises:
            Left: the ticket is meant.
        """
        message = case.message
        named = message.entity("order_number") is not None or _OF_ORDER.search(message.words)
        if case.active or named or case.get("topic") not in ("change", "cancel"):
            return
        own = await tickets.open_of(case.session, message.conversation)
        last = next((ticket for ticket in own if ticket.number == case.get("ticket")), None)
        if last is None:
            return
        if any(CONTACT[slot](message) for slot in CONTACT):
            case.leave("action_correction")
        if last.kind in ("repair", "installation"):
            hand_over(case, "cancel_booking" if case.get("topic") == "cancel" else "change_booking")
        if case.get("topic") == "cancel" and last.kind in ("return", "exchange", "refund"):
            hand_over(case, "withdraw")

    def comes_back(self, case: Case) -> bool:
        """Go back to a change or a cancellation; what was only asked for needs no way back."""
        return case.get("topic") in ("change", "cancel") and case.asked not in (None, "topic", "order")

    async def _status(self, case: Case, order: Order) -> None:
        if order.state == "delivered" and _NOT_RECEIVED.search(case.message.words):
            case.leave("complaint_form", "order.not_received")
        case.say(
            f"order.status_{order.state}",
            order=order.number,
            ordered_at=order.ordered_at,
            ships_by=order.ships_by,
            shipped_at=order.shipped_at,
            arrives_by=order.arrives_by,
            delivered_at=order.delivered_at,
            carrier=order.carrier,
            tracking=order.tracking,
            place=order.last_place,
        )
        await self._answered(case, order)

    async def _cancel(self, case: Case, order: Order) -> None:
        if order.state in ("shipped", "delivered"):
            case.tell(f"order.cancel_refused_{order.state}")
            if case.agrees("agreed", "order.ask_return_instead"):
                case.leave("return_form")
            case.say("order.kept")
            return
        if order.state in ("cancelled", "returned"):
            case.say("order.cancelled_already")
            return
        if not case.agrees("agreed", "order.confirm_cancel", read=_cancels, order=order.number):
            case.say("order.kept")
            return
        result = await orders.cancel_order(case.session, order, now=case.now)
        if result == "refund":
            await self._refund(case, order)
        else:
            case.say("order.cancelled", order=order.number)
        await self._answered(case, order)

    async def _refund(self, case: Case, order: Order) -> None:
        amount = orders.refund_amount(order)
        fields = {
            "order": order.number,
            "product": "、".join(item.name for item in order.items),
            "reason": "cancelled",
            "wish": "refund",
            "amount": str(amount),
            "name": order.customer,
            "phone": order.phone,
        }
        ticket = await open_ticket(case, "refund", fields)
        case.say("order.cancelled_refund", ticket=ticket.number, number=ticket.number, amount=amount, due=ticket.due_at)

    async def _money(self, case: Case, order: Order) -> None:
        ticket = await _money_ticket(case, order)
        if ticket is not None:
            if ticket.state in ("solved", "closed"):
                case.say("order.money_done", number=ticket.number)
            else:
                case.say("order.money_running", number=ticket.number, due=ticket.due_at)
        elif order.paid_at is None:
            case.say("order.money_unpaid")
        elif order.state in ("cancelled", "returned"):
            case.say(f"order.money_{order.state}")
        elif order.state in ("paid", "packed"):
            case.set("topic", "cancel")
            await self._cancel(case, order)
            return
        else:
            case.set("wish", "refund")
            case.leave("return_form", "order.money_needs_return")
        await self._answered(case, order)

    async def _answered(self, case: Case, order: Order) -> None:
        await consultations.record(
            case.session,
            conversation_id=case.message.conversation,
            message_id=case.message.id,
            topic=str(case.get("topic")),
            answered=True,
            subject=order.number,
            now=case.now,
        )


_ORDER_TOPICS = (
    Option("status", "button.logistics"),
    Option("change", "button.change_order"),
    Option("cancel", "button.cancel_order"),
    Option("money", "button.refund_status"),
)


def _is_own(message: Message) -> bool:
    """Tell whether the customer speaks of an order made already rather than of the shop's rules."""
    return bool(
        re.search(
            r"我的|我买|我订|我下|订单|这单|那单|单号|买的|下的单|付了|拍了|催|还没|还不|怎么还|到哪|退款",
            message.words,
        )
    )


async def _money_ticket(case: Case, order: Order) -> Ticket | None:
    found = await tickets.of_order(case.session, order.number)
    return next((t for t in found if t.kind in ("refund", "return") and t.state != "withdrawn"), None)
