"""Changing an order: its address, its delivery time, its invoice; what has been sent is intercepted (§3.1)."""

from __future__ import annotations

import re

from actions.framework.case import Case, Option
from actions.framework.confirm import open_ticket
from actions.framework.quoting import quote
from actions.reading.answers import yes_no
from actions.reading.facts import address, address_answer, amended_address
from actions.reading.message import Message
from actions.reading.times import span, words_of_time
from bot.desk.models import Order
from bot.desk.orders import orders

CHANGES = (
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
_OTHER_GOODS = re.compile(
    r"颜色|尺码|码数|款式|型号|规格|配色|内存|(大|小)一?(码|号)|换成?(一?个)?[黑白红蓝绿粉灰]色?的?"
)
"""What is changed is the goods themselves."""
_TITLE = re.compile(r"(抬头|改成|改为|开成|换成|是|为|[:：])\s*(?P<title>[\u4e00-\u9fffA-Za-z0-9()（）·]{2,60})\s*$")


def changed(message: Message) -> str | None:
    """Read what is to be changed: address, time, invoice, or the goods themselves."""
    if _CHANGE_WORDS[0][1].search(message.words):
        # A company's name holds places: “抬头改成苏州新区某公司”.
        return "invoice"
    if address(message) and span(message) is None:
        return "address"
    named = next((name for name, pattern in _CHANGE_WORDS if pattern.search(message.words)), None)
    return named or ("goods" if _OTHER_GOODS.search(message.words) else None)


def _title(message: Message) -> str | None:
    match = _TITLE.search(message.words)
    text = match["title"] if match else message.words.strip()
    return text[:100] if 2 <= len(text) <= 100 else None


def new_title(message: Message) -> str | None:
    """Read a title that is named as the new one together with the wish."""
    match = re.search(r"(改|换|开)(成|为)[:：]?\s*(?P<title>[\u4e00-\u9fffA-Za-z0-9()（）·]{2,60})", message.words)
    return match["title"] if match else None


def intercepts(message: Message) -> bool | None:
    """Read the answer to “have the parcel intercepted?”: “拦一下吧” is a yes."""
    if re.search(r"(不|别|甭)(用|要|想|必)?(拦|改)", message.words):
        return False
    return True if re.search(r"拦|改派|试试|试一下|追回", message.words) else yes_no(message)


def wished_time(message: Message) -> str | None:
    """Read the delivery time wished, in the customer's words."""
    found = span(message)
    return (words_of_time(message) or message.words)[:100] if found else None


async def change(case: Case, order: Order) -> None:
    """Change the order, or say why it cannot be and what can be done.

    Raises:
        Waiting: what to change, or to which value, was asked.
        Left: goods that have arrived are exchanged.
    """
    what = str(case.need("change", "order.ask_change", changed, options=CHANGES))
    if what == "goods":
        await _other_goods(case, order)
        return
    if order.state in ("cancelled", "returned", "delivered"):
        case.say(f"order.change_refused_{order.state}")
        return
    if order.state == "shipped":
        case.tell("order.change_refused_shipped", order=order.number)
        if not case.agrees("intercept", "order.ask_intercept", read=intercepts):
            case.say("order.not_intercepted")
            return

    def new_address(message: Message) -> str | None:
        """Read a whole address, or the part of the order's that is put right: “应该是909室”."""
        return amended_address(order.address, message.words, address(message)) or address_answer(message)

    read = {"address": new_address, "time": wished_time, "invoice": _title}[what]
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


async def _other_goods(case: Case, order: Order) -> None:
    """Exchange what has arrived; what has not can only be ordered anew."""
    if order.state == "delivered":
        case.set("wish", "exchange")
        case.leave("return_form")
    if order.state in ("cancelled", "returned"):
        case.say(f"order.change_refused_{order.state}")
    elif order.state == "shipped":
        case.say("order.other_goods_shipped")
    else:
        case.say("order.other_goods")
