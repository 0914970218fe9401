"""Questions that many journeys share: the order and its proof, its item, the contact."""

from __future__ import annotations

import re
from typing import Any

from actions.framework.case import Case, Option
from actions.reading.answers import NOT_SAID, has_defect, mobile_tail, opened, says_none
from actions.reading.facts import CONTACT, address_answer, no_order, order_number, person_answer, phone, product
from actions.reading.message import Message
from bot.desk.models import Order, OrderItem
from bot.desk.orders import orders, proof

_FIGURE = "[\\d零〇一二三四五六七八九幺]"
_LONG_NUMBER = re.compile(rf"(?<!{_FIGURE}){_FIGURE}{{8,13}}(?!{_FIGURE})")
_OF_NUMBERS = re.compile(r"尾号|号码|手机|电话|后四|四位|数字|单号|订单|记|忘")
_AS_ON_ORDER = re.compile(
    r"(订单|单子|下单|收货|收件|寄货|预留|系统)(上|里|时|的时候)?(的|写|填|留|登记|有|那个|信息|一样|就是)"
    r"|(刚才|刚刚|前面|这个|那个)(的)?(那个|这个)?(订单|单子)(的|上|里)"
    r"|(跟|和|同|按|用|就)(照)?(订单|单子|收货|下单|原来|之前)"
    r"|(你们|上面|之前|那边)(不是)?(都|已经)?(有|留|写|填|登记)"
)
_OF_ORDER = {"phone": "phone", "address": "address", "name": "customer"}
_SHOWN = {"phone": "contact.order_phone", "address": "contact.order_address"}


def means_order(message: Message, asked: str | None) -> bool:
    """Tell whether a contact that was asked for is said to stand on the order already: “就订单上那个”."""
    told = asked in _OF_ORDER and CONTACT[str(asked)](message) is not None
    return asked in _OF_ORDER and not told and bool(_AS_ON_ORDER.search(message.words))


async def take_from_order(case: Case) -> None:
    """Take a contact from the order when the customer refers to it and has proven it."""
    asked, number = case.asked, case.get("order")
    if case.answered or number is None or number not in (case.get("proven") or []):
        return
    if means_order(case.message, asked):
        order = await orders.find_order(case.session, str(number))
        if order is not None:
            case.take(str(asked), getattr(order, _OF_ORDER[str(asked)]))


def for_eyes(value: str | None, order: Order | None, what: str) -> Any:
    """Return a contact as it may be shown: one that stands on the order is not read out, only named."""
    own = order is not None and value is not None and value == getattr(order, _OF_ORDER[what])
    return {"phrase": _SHOWN[what]} if own else value


def need_order(case: Case, ask: str) -> str | None:
    """Return the order's number; None when the customer has none to give, which is asked once in a case.

    Raises:
        Waiting: it was asked for.
    """
    if case.get("order") is None and case.get("order_none"):
        return None
    message = case.message
    of_goods = opened(message) is not None or has_defect(message.words)
    if case.asked == "order" and of_goods and order_number(message) is None and not no_order(message):
        # “没拆” is told of the goods: the number is asked for again.
        case.answered = True
    number = case.need("order", ask, order_number)
    if number != NOT_SAID:
        return str(number)
    case.set("order", None)
    case.set("order_none", True)
    return None


async def proven_order(case: Case, ask: str = "order.ask_number") -> Order | None:
    """Return the order of the case once its phone's last four digits were told; None when there is no number to give.

    Five wrong tries lock (`bot.desk.orders.proof`); the answer never tells a wrong number from wrong digits.

    Args:
        case: the case.
        ask: the phrase that asks for the number.

    Raises:
        Waiting: number or digits were asked for.
        Left: too many wrong tries.
    """
    number = need_order(case, ask)
    if number is None:
        return None
    if case.asked == "digits" and not case.answered and lacks_digits(case.message):
        case.take("order_none", True)
        case.set("order", None)
        case.say("proof.order_left_out")
        return None
    if not await proven(case, number):
        return None
    return await orders.find_order(case.session, number)


def lacks_digits(message: Message) -> bool:
    """Tell whether the customer cannot tell the digits; “刚拆开看了，没吃” speaks of the goods."""
    if mobile_tail(message) is not None or not says_none(message):
        return False
    of_goods = opened(message) is not None or has_defect(message.words)
    return not of_goods and (len(message.bare()) <= 10 or _OF_NUMBERS.search(message.words) is not None)


async def proven(case: Case, number: str) -> bool:
    """Have the customer prove an order or a ticket; asked once for each number in a conversation.

    Raises:
        Waiting: the digits were asked for.
        Left: too many wrong tries.
    """
    known: list[str] = case.get("proven") or []
    if number in known:
        return True
    told = mobile_tail(case.message) or case.get("digits")
    if case.asked == "digits" and not case.answered and told is None and lacks_digits(case.message):
        case.leave("handoff_form", "proof.without")
    digits = case.need("digits", "proof.ask_digits", mobile_tail)
    case.clear("digits")
    result = await proof.check(
        case.session, conversation_id=case.message.conversation, number=number, digits=digits, now=case.now
    )
    if result.ok:
        case.set("proven", [*known, number])
        return True
    if result.locked:
        case.leave("handoff_form", "proof.locked")
    case.ask("digits", "proof.wrong")
    return False


async def item_of(case: Case, order: Order) -> OrderItem:
    """Return the item of the order that the case is about.

    Raises:
        Waiting: the order has several items and the customer was asked which.
    """
    items = order.items
    if len(items) == 1:
        return items[0]
    named = case.get("product")
    for item in items:
        if named and (named == item.sku or named in item.name):
            return item

    def which(message: Message) -> str | None:
        said = product(message) or message.words
        return next((i.sku for i in items if said and (said == i.sku or i.name in said or said in i.name)), None)

    options = [Option(i.sku, "button.item", name=i.name) for i in items]
    sku = case.need("item", "order.ask_item", which, options=options)
    return next((i for i in items if i.sku == sku), items[0])


def need_phone(case: Case, ask: str = "contact.ask_phone") -> str | None:
    """Return the customer's phone number; None when the customer does not want to tell one.

    Raises:
        Waiting: it was asked for.
    """
    mistyped = bool(_LONG_NUMBER.search(re.sub(r"[\s-]", "", case.message.words)))
    if case.asked == "phone" and not case.answered and mistyped and phone(case.message) is None:
        told_before = "contact.phone_length" in (case.get("told") or [])
        case.tell("contact.phone_length")
        case.answered = not told_before
    told = case.need("phone", ask, phone)
    return None if told == NOT_SAID else str(told)


def need_name(case: Case) -> str:
    """Return how to address the customer.

    Raises:
        Waiting: it was asked for.
    """
    return str(case.need("name", "contact.ask_name", person_answer))


def need_address(case: Case) -> str:
    """Return the full address.

    Raises:
        Waiting: it was asked for.
    """
    return str(case.need("address", "contact.ask_address", address_answer))
