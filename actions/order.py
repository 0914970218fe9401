"""Everything about an order: where it is, changing it, cancelling it, its money (§3.1, §3.3)."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.case import Case, Option
from actions.faq import try_faq
from actions.hearing import NO_THANKS
from actions.journey import Journey
from actions.known import ANSWERS, IDENTITY, address, address_answer, product, proven_order
from actions.message import Message
from actions.quoting import quote
from actions.reading import Reader, yes_no
from actions.times import span, words_of_time
from actions.writing import open_ticket
from bot.desk import consultations, orders, tickets
from bot.desk.models import Order, Ticket

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
_CHANGES = (
    Option("address", "button.change_address"),
    Option("time", "button.change_time"),
    Option("invoice", "button.change_invoice"),
)
_CHANGE_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("invoice", re.compile(r"发票|抬头|税号")),
    (
        "time",
        re.compile(
            r"时间|晚(点|几天|一?天)|提前|推迟|延(后|期|迟)|改到|改期|送货日|周[一二三四五六日末]|[明后]天(再)?(送|发|到)|什么时候送|先别发|晚些"
        ),
    ),
    ("address", re.compile(r"地址|收货|收件|搬家|送到|寄到|地方|门牌|小区|公司|电话|手机号")),
)
_TOPIC_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("change", re.compile(r"(改|换)(成|到|为|一?下)|[修更]改|改(地址|时间|抬头)")),
    ("cancel", re.compile(r"取消|撤(单|销|了)|不要了")),
    ("status", re.compile(r"查|看(看|一?下)|到哪|状态|物流|快递")),
)
"""What is wished of an order when nothing but the words beside its number tells it."""
_TITLE = re.compile(r"(抬头|改成|改为|开成|换成|是|为|[:：])\s*(?P<title>[\u4e00-\u9fffA-Za-z0-9()（）·]{2,60})\s*$")


def _change(message: Message) -> str | None:
    if address(message) and span(message) is None:
        return "address"
    return next((name for name, pattern in _CHANGE_WORDS if pattern.search(message.words)), None)


def _title(message: Message) -> str | None:
    match = _TITLE.search(message.words)
    text = match["title"] if match else message.words.strip()
    return text[:100] if 2 <= len(text) <= 100 else None


def _new_title(message: Message) -> str | None:
    """Read a title that is named as the new one together with the wish."""
    match = re.search(r"(改|换|开)(成|为)[:：]?\s*(?P<title>[\u4e00-\u9fffA-Za-z0-9()（）·]{2,60})", message.words)
    return match["title"] if match else None


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


def _intercepts(message: Message) -> bool | None:
    """Read the answer to “have the parcel intercepted?”: “拦一下吧” is a yes."""
    if re.search(r"(不|别|甭)(用|要|想|必)?(拦|改)", message.words):
        return False
    return True if re.search(r"拦|改派|试试|试一下|追回", message.words) else yes_no(message)


def _wished_time(message: Message) -> str | None:
    found = span(message)
    return (words_of_time(message) or message.words)[:100] if found else None


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
            "intercept": _intercepts,
            "change": _change,
            "value_address": address_answer,
            "value_time": _wished_time,
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
            case.set("change", _change(case.message))
            case.set("value_address", address(case.message))
            case.set("value_time", _wished_time(case.message) if case.get("change") == "time" else None)
            case.set("value_invoice", _new_title(case.message) if case.get("change") == "invoice" else None)

    async def script(self, case: Case) -> None:
        """Answer what holds for all orders at once; else ask for the order and do what is wished."""
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
        await {"status": self._status, "change": self._change, "cancel": self._cancel, "money": self._money}[topic](
            case, order
        )

    async def _status(self, case: Case, order: Order) -> None:
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

    async def _change(self, case: Case, order: Order) -> None:
        what = str(case.need("change", "order.ask_change", _change, options=_CHANGES))
        if order.state in ("cancelled", "returned", "delivered"):
            case.say(f"order.change_refused_{order.state}")
            return
        if order.state == "shipped":
            case.tell("order.change_refused_shipped", order=order.number)
            if not case.agrees("intercept", "order.ask_intercept", read=_intercepts):
                case.say("order.not_intercepted")
                return
        read = {"address": address_answer, "time": _wished_time, "invoice": _title}[what]
        value = str(case.need(f"value_{what}", f"order.ask_{what}", read))
        result = await orders.change_order(case.session, order, what=what, value=value, now=case.now)  # type: ignore[arg-type]
        fields = {
            "order": order.number,
            "what": what,
            "address": value if what == "address" else None,
            "when": value if what == "time" else None,
            "invoice_title": value if what == "invoice" else None,
            "name": order.customer,
            "phone": order.phone,
        }
        if result.changed:
            ticket = await open_ticket(case, "order_change", fields, state="solved")
            case.say(f"order.changed_{what}", ticket=ticket.number, number=ticket.number, value=quote(value))
            return
        # A shipped one cannot be changed: the customer has agreed to have the parcel intercepted.
        ticket = await open_ticket(case, "order_change", {**fields, "intercept": True})
        case.say("order.intercepting", ticket=ticket.number, number=ticket.number, due=ticket.due_at)

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
