"""Questions that many journeys share: the order and its proof, its item, the contact."""

from __future__ import annotations

import re
from typing import Any

from actions.framework.say import embed
from actions.framework.turn import Choice, JourneyTurn
from actions.reading.answers import NOT_SAID, digits_answer, has_defect, opened_in, says_none
from actions.reading.facts import (
    CONTACT,
    address_answer,
    name_answer,
    no_order_in,
    order_number_in,
    phone_in,
    product_in,
)
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


def refers_to_order(message: Message, asked: str | None) -> bool:
    """Tell whether a contact that was asked for is said to stand on the order already: “就订单上那个”."""
    told = asked in _OF_ORDER and CONTACT[str(asked)](message) is not None
    return asked in _OF_ORDER and not told and bool(_AS_ON_ORDER.search(message.words))


async def take_contact_from_order(turn: JourneyTurn) -> None:
    """Take a contact from the order when the customer refers to it and has proven it."""
    asked, number = turn.asked, turn.get("order")
    if turn.answered or number is None or number not in (turn.get("proven") or []):
        return
    if refers_to_order(turn.message, asked):
        order = await orders.find_order(turn.session, str(number))
        if order is not None:
            turn.accept_answer(str(asked), getattr(order, _OF_ORDER[str(asked)]))
            turn.from_order.add(str(asked))


def shown_contact(value: str | None, order: Order | None, what: str) -> Any:
    """Return a contact as it may be shown: one that stands on the order is not read out, only named."""
    own = order is not None and value is not None and value == getattr(order, _OF_ORDER[what])
    return embed(_SHOWN[what]) if own else value


def need_order(turn: JourneyTurn, ask: str) -> str | None:
    """Return the order's number; None when the customer has none to give, which is asked once in a case.

    Raises:
        AwaitingAnswer: it was asked for.
    """
    if turn.get("order") is None and turn.get("no_order"):
        return None
    message = turn.message
    of_goods = opened_in(message) is not None or has_defect(message.words)
    if turn.asked == "order" and of_goods and order_number_in(message) is None and not no_order_in(message):
        # “没拆” is told of the goods: the number is asked for again.
        turn.answered = True
    number = turn.need("order", ask, order_number_in)
    if number != NOT_SAID:
        return str(number)
    turn.set("order", None)
    turn.set("no_order", True)
    return None


async def need_proven_order(turn: JourneyTurn, ask: str = "order.ask_number") -> Order | None:
    """Return the order of the case once its phone's last four digits were told; None when there is no number to give.

    Five wrong tries lock (`bot.desk.orders.proof`); the answer never tells a wrong number from wrong digits.

    Args:
        turn: the turn.
        ask: the phrase that asks for the number.

    Raises:
        AwaitingAnswer: number or digits were asked for.
        JourneyEnded: too many wrong tries.
    """
    number = need_order(turn, ask)
    if number is None:
        return None
    if turn.asked == "digits" and not turn.answered and lacks_digits(turn.message):
        turn.accept_answer("no_order", True)
        turn.set("order", None)
        turn.say("proof.order_left_out")
        return None
    if not await need_proof(turn, number):
        return None
    return await orders.find_order(turn.session, number)


def lacks_digits(message: Message) -> bool:
    """Tell whether the customer cannot tell the digits; “刚拆开看了，没吃” speaks of the goods."""
    if digits_answer(message) is not None or not says_none(message):
        return False
    of_goods = opened_in(message) is not None or has_defect(message.words)
    return not of_goods and (len(message.bare()) <= 10 or _OF_NUMBERS.search(message.words) is not None)


async def need_proof(turn: JourneyTurn, number: str) -> bool:
    """Have the customer prove an order or a ticket; asked once for each number in a conversation.

    Raises:
        AwaitingAnswer: the digits were asked for.
        JourneyEnded: too many wrong tries.
    """
    known: list[str] = turn.get("proven") or []
    if number in known:
        return True
    told = digits_answer(turn.message) or turn.get("digits")
    if turn.asked == "digits" and not turn.answered and told is None and lacks_digits(turn.message):
        turn.leave("handoff_form", "proof.without")
    digits = turn.need("digits", "proof.ask_digits", digits_answer)
    turn.clear("digits")
    # Where four digits no longer suffice the whole number is asked for, and counts as such.
    whole = phone_in(turn.message) or ""
    told = whole if whole.endswith(digits) else digits
    result = await proof.check(
        turn.session, conversation_id=turn.message.conversation, number=number, digits=told, now=turn.now
    )
    if result.ok:
        turn.set("proven", [*known, number])
        return True
    if result.outcome is proof.Outcome.LOCKED:
        turn.leave("handoff_form", "proof.locked", until=result.until)
    turn.ask("digits", "proof.ask_phone" if result.outcome is proof.Outcome.ASK_PHONE else "proof.wrong")
    return False


async def need_item(turn: JourneyTurn, order: Order) -> OrderItem:
    """Return the item of the order that the case is about.

    Raises:
        AwaitingAnswer: the order has several items and the customer was asked which.
    """
    items = order.items
    if len(items) == 1:
        return items[0]
    named = turn.get("product")
    for item in items:
        if named and (named == item.sku or named in item.name):
            return item

    def which(message: Message) -> str | None:
        said = product_in(message) or message.words
        return next((i.sku for i in items if said and (said == i.sku or i.name in said or said in i.name)), None)

    options = [Choice(i.sku, "button.item", name=i.name) for i in items]
    sku = turn.need("item", "order.ask_item", which, options=options)
    return next((i for i in items if i.sku == sku), items[0])


def need_phone(turn: JourneyTurn, ask: str = "contact.ask_phone") -> str | None:
    """Return the customer's phone number; None when the customer does not want to tell one.

    Raises:
        AwaitingAnswer: it was asked for.
    """
    mistyped = bool(_LONG_NUMBER.search(re.sub(r"[\s-]", "", turn.message.words)))
    if turn.asked == "phone" and not turn.answered and mistyped and phone_in(turn.message) is None:
        told_before = "contact.phone_length" in (turn.get("said_phrases") or [])
        turn.say_once("contact.phone_length")
        turn.answered = not told_before
    told = turn.need("phone", ask, phone_in)
    return None if told == NOT_SAID else str(told)


def need_name(turn: JourneyTurn) -> str:
    """Return how to address the customer.

    Raises:
        AwaitingAnswer: it was asked for.
    """
    return str(turn.need("name", "contact.ask_name", name_answer))


def need_address(turn: JourneyTurn) -> str:
    """Return the full address.

    Raises:
        AwaitingAnswer: it was asked for.
    """
    return str(turn.need("address", "contact.ask_address", address_answer))
