"""Everything about an order: where it is, changing it, cancelling it, its money (§3.1, §3.3)."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.framework.acts import Act, Interpretation
from actions.framework.answer import Choice
from actions.framework.answer_policy import ASKED
from actions.framework.faq import try_faq
from actions.framework.journey import Journey
from actions.framework.journey_stack import reroute
from actions.framework.questions.confirm import open_ticket
from actions.framework.questions.order import need_proven_order
from actions.framework.turn import REQUESTED, JourneyTurn
from actions.journeys.order.change import change, change_in, delivery_time_in, intercept_answer, invoice_title_in
from actions.journeys.starts import ReturnStart
from actions.reading.answers import Reader, yes_no
from actions.reading.facts import ANSWERS, CONTACT, IDENTITY, address_answer, address_in, product_in
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


def _cancel_answer(message: Message) -> bool | None:
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
    facts = ("order_request", "change", "value_address", "value_time", "value_invoice", "agreed", "intercept", "digits")
    volunteered: ClassVar[dict[str, Reader]] = {
        **IDENTITY,
        "product": product_in,
    }
    free_text = frozenset({"value_invoice"})
    consents = frozenset({"agreed", "intercept"})
    required = frozenset(
        {"digits", "order_request", "change", "value_address", "value_time", "value_invoice", "agreed", "intercept"}
    )

    def answer_readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {
            **self.volunteered,
            **ANSWERS,
            "agreed": _cancel_answer,
            "intercept": intercept_answer,
            "change": change_in,
            "value_address": address_answer,
            "value_time": delivery_time_in,
        }

    def take_wish(self, turn: JourneyTurn) -> None:
        """Take the topic from the intent, and what is to be changed from the words."""
        topic = turn.message.pick("order_request") or _TOPICS.get(turn.message.intent)
        if topic is None and turn.get("order_request") is None:
            topic = next((name for name, words in _TOPIC_WORDS if words.search(turn.message.words)), None)
        if topic is None or topic == turn.get("order_request"):
            return
        turn.clear("change", "value_address", "value_time", "value_invoice", "agreed", "intercept")
        turn.set("order_request", topic)
        if topic == "change":
            turn.set("change", change_in(turn.message))
            turn.set("value_address", address_in(turn.message))
            turn.set("value_time", delivery_time_in(turn.message) if turn.get("change") == "time" else None)
            turn.set("value_invoice", invoice_title_in(turn.message) if turn.get("change") == "invoice" else None)

    def remark(self, turn: JourneyTurn) -> Interpretation | None:
        """Take a question about the order's state in the middle of its change: it does not end the change."""
        message = turn.message
        asks = _TOPICS.get(message.intent) == "status" and message.confidence >= ASKED
        if not asks or turn.get("order_request") not in ("change", "cancel"):
            return None
        if turn.get("order") in (turn.get("proven") or []):
            return Interpretation(Act.REMARKS)
        return Interpretation(
            Act.REMARKS, facts={"pending_wishes": [*(turn.get("pending_wishes") or []), message.for_later()]}
        )

    async def script(self, turn: JourneyTurn) -> None:
        """Answer what holds for all orders at once; else ask for the order and do what is wished."""
        await self._means_ticket(turn)
        topic = str(turn.need("order_request", "order.ask_topic", lambda _: None, choices=_ORDER_TOPICS))
        if turn.begins and turn.get("order") is None and await try_faq(turn):
            if not _is_own(turn.message):
                turn.end()
            turn.ask("order", "order.invite_number")
        order = await need_proven_order(turn)
        if order is None and NO_THANKS.search(turn.message.words):
            turn.end("journey.dropped")
        if order is None:
            turn.continue_with("handoff_form", None if turn.asked == "digits" else "order.cannot_find")
            return
        if turn.act is Act.REMARKS:
            await self._status(turn, order)
        await {"status": self._status, "change": change, "cancel": self._cancel, "money": self._money}[topic](
            turn, order
        )

    async def _means_ticket(self, turn: JourneyTurn) -> None:
        """Hand a change over to the ticket that was spoken of last: “算了不约了” behind a booking means no order.

        Raises:
            JourneyEnded: the ticket is meant.
        """
        message = turn.message
        named = message.entity("order_number") is not None or _OF_ORDER.search(message.words)
        if not turn.begins or named or turn.get("order_request") not in ("change", "cancel"):
            return
        own = await tickets.open_of(turn.session, message.conversation)
        last = next((ticket for ticket in own if ticket.number == turn.get("ticket")), None)
        if last is None:
            return
        if any(CONTACT[slot](message) for slot in CONTACT):
            turn.continue_with("action_correction")
        if last.kind in ("repair", "installation"):
            reroute(turn, "cancel_booking" if turn.get("order_request") == "cancel" else "change_booking")
        if turn.get("order_request") == "cancel" and last.kind in ("return", "exchange", "refund"):
            reroute(turn, "withdraw")

    def is_resumable(self, turn: JourneyTurn) -> bool:
        """Go back to a change or a cancellation; what was only asked for needs no way back."""
        # The question of this journey, though another one's turn may be the one that interrupts it.
        asked = turn.get(REQUESTED)
        return turn.get("order_request") in ("change", "cancel") and asked not in (None, "order_request", "order")

    async def _status(self, turn: JourneyTurn, order: Order) -> None:
        if order.state == "delivered" and _NOT_RECEIVED.search(turn.message.words):
            turn.continue_with("complaint_form", "order.not_received")
        turn.say(
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
        await self._answered(turn, order)

    async def _cancel(self, turn: JourneyTurn, order: Order) -> None:
        if order.state in ("shipped", "delivered"):
            turn.say_once(f"order.cancel_refused_{order.state}")
            if turn.need_consent("agreed", "order.ask_return_instead"):
                turn.continue_with("return_form")
            turn.say("order.kept")
            return
        if order.state in ("cancelled", "returned"):
            turn.say("order.cancelled_already")
            return
        if not turn.need_consent("agreed", "order.confirm_cancel", read=_cancel_answer, order=order.number):
            turn.say("order.kept")
            return
        result = await orders.cancel_order(turn.session, order, now=turn.now)
        if result == "refund":
            await self._refund(turn, order)
        else:
            turn.say("order.cancelled", order=order.number)
        await self._answered(turn, order)

    async def _refund(self, turn: JourneyTurn, order: Order) -> None:
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
        ticket = await open_ticket(turn, "refund", fields)
        turn.say("order.cancelled_refund", ticket=ticket.number, number=ticket.number, amount=amount, due=ticket.due_at)

    async def _money(self, turn: JourneyTurn, order: Order) -> None:
        ticket = await _money_ticket(turn, order)
        if ticket is not None:
            if ticket.state in ("solved", "closed"):
                turn.say("order.money_done", number=ticket.number)
            else:
                turn.say("order.money_running", number=ticket.number, due=ticket.due_at)
        elif order.paid_at is None:
            turn.say("order.money_unpaid")
        elif order.state in ("cancelled", "returned"):
            turn.say(f"order.money_{order.state}")
        elif order.state in ("paid", "packed"):
            turn.set("order_request", "cancel")
            await self._cancel(turn, order)
            return
        else:
            turn.continue_with(ReturnStart(wish="refund"), "order.money_needs_return")
        await self._answered(turn, order)

    async def _answered(self, turn: JourneyTurn, order: Order) -> None:
        await consultations.record(
            turn.session,
            conversation_id=turn.message.conversation,
            message_id=turn.message.id,
            topic=str(turn.get("order_request")),
            answered=True,
            subject=order.number,
            now=turn.now,
        )


_ORDER_TOPICS = (
    Choice("status", "button.logistics"),
    Choice("change", "button.change_order"),
    Choice("cancel", "button.cancel_order"),
    Choice("money", "button.refund_status"),
)


def _is_own(message: Message) -> bool:
    """Tell whether the customer speaks of an order made already rather than of the shop's rules."""
    return bool(
        re.search(
            r"我的|我买|我订|我下|订单|这单|那单|单号|买的|下的单|付了|拍了|催|还没|还不|怎么还|到哪|退款",
            message.words,
        )
    )


async def _money_ticket(turn: JourneyTurn, order: Order) -> Ticket | None:
    found = await tickets.of_order(turn.session, order.number)
    return next((t for t in found if t.kind in ("refund", "return") and t.state != "withdrawn"), None)
