"""Changing an order: its address, its delivery time, its invoice; what has been sent is intercepted (§3.1)."""

from __future__ import annotations

import re

from actions.framework.answer import Choice
from actions.framework.questions.confirm import open_ticket
from actions.framework.quoting import quote
from actions.framework.turn import JourneyTurn
from actions.journeys.starts import ReturnStart
from actions.reading.answers import yes_no
from actions.reading.facts import address_answer, address_in, amended_address
from actions.reading.message import Message
from actions.reading.times import time_span_in, time_words_in
from bot.desk.models import Order
from bot.desk.orders import orders

CHANGES = (
    Choice("address", "button.change_address"),
    Choice("time", "button.change_time"),
    Choice("invoice", "button.change_invoice"),
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
_OTHER_GOODS = re.compile(
    r"颜色|尺码|码数|款式|型号|规格|配色|内存|(大|小)一?(码|号)|换成?(一?个)?[黑白红蓝绿粉灰]色?的?"
)
"""What is changed is the goods themselves."""
_TITLE = re.compile(r"(抬头|改成|改为|开成|换成|是|为|[:：])\s*(?P<title>[\u4e00-\u9fffA-Za-z0-9()（）·]{2,60})\s*$")


def change_in(message: Message) -> str | None:
    """Read what is to be changed: address, time, invoice, or the goods themselves."""
    if _CHANGE_WORDS[0][1].search(message.words):
        # A company's name holds places: “抬头改成苏州新区某公司”.
        return "invoice"
    if address_in(message) and time_span_in(message) is None:
        return "address"
    named = next((name for name, pattern in _CHANGE_WORDS if pattern.search(message.words)), None)
    return named or ("goods" if _OTHER_GOODS.search(message.words) else None)


def _invoice_title_answer(message: Message) -> str | None:
    match = _TITLE.search(message.words)
    text = match["title"] if match else message.words.strip()
    return text[:100] if 2 <= len(text) <= 100 else None


def invoice_title_in(message: Message) -> str | None:
    """Read a title that is named as the new one together with the wish."""
    match = re.search(r"(改|换|开)(成|为)[:：]?\s*(?P<title>[\u4e00-\u9fffA-Za-z0-9()（）·]{2,60})", message.words)
    return match["title"] if match else None


def intercept_answer(message: Message) -> bool | None:
    """Read the answer to “have the parcel intercepted?”: “拦一下吧” is a yes."""
    if re.search(r"(不|别|甭)(用|要|想|必)?(拦|改)", message.words):
        return False
    return True if re.search(r"拦|改派|试试|试一下|追回", message.words) else yes_no(message)


def delivery_time_in(message: Message) -> str | None:
    """Read the delivery time wished, in the customer's words."""
    found = time_span_in(message)
    return (time_words_in(message) or message.words)[:100] if found else None


async def change(turn: JourneyTurn, order: Order) -> None:
    """Change the order, or say why it cannot be and what can be done.

    Raises:
        AwaitingAnswer: what to change, or to which value, was asked.
        JourneyEnded: goods that have arrived are exchanged.
    """
    what = str(turn.need("change", "order.ask_change", change_in, choices=CHANGES))
    if what == "goods":
        await _other_goods(turn, order)
        return
    if order.state in ("cancelled", "returned", "delivered"):
        turn.say(f"order.change_refused_{order.state}")
        return
    if order.state == "shipped":
        turn.say_once("order.change_refused_shipped", order=order.number)
        if not turn.need_consent("intercept", "order.ask_intercept", read=intercept_answer):
            turn.say("order.not_intercepted")
            return

    def new_address(message: Message) -> str | None:
        """Read a whole address, or the part of the order's that is put right: “应该是909室”."""
        return amended_address(order.address, message.words, address_in(message)) or address_answer(message)

    read = {"address": new_address, "time": delivery_time_in, "invoice": _invoice_title_answer}[what]
    value = str(turn.need(f"value_{what}", f"order.ask_{what}", read))
    result = await orders.change_order(turn.session, order, what=what, value=value, now=turn.now)  # type: ignore[arg-type]
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
        ticket = await open_ticket(turn, "order_change", fields, state="solved")
        turn.say(f"order.changed_{what}", ticket=ticket.number, number=ticket.number, value=quote(value))
        return
    # A shipped one cannot be changed: the customer has agreed to have the parcel intercepted.
    ticket = await open_ticket(turn, "order_change", {**fields, "intercept": True})
    turn.say("order.intercepting", ticket=ticket.number, number=ticket.number, due=ticket.due_at)


async def _other_goods(turn: JourneyTurn, order: Order) -> None:
    """Exchange what has arrived; what has not can only be ordered anew."""
    if order.state == "delivered":
        turn.continue_with(ReturnStart(wish="exchange"))
    if order.state in ("cancelled", "returned"):
        turn.say(f"order.change_refused_{order.state}")
    elif order.state == "shipped":
        turn.say("order.other_goods_shipped")
    else:
        turn.say("order.other_goods")
