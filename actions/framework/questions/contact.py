"""How the customer is reached: phone, name, address; what stands on a proven order need not be told again."""

from __future__ import annotations

import re
from typing import Any

from actions.framework.say import embed
from actions.framework.turn import JourneyTurn
from actions.reading.answers import NOT_SAID
from actions.reading.facts import CONTACT, address_answer, name_answer, phone_in
from actions.reading.message import Message
from bot.desk.models import Order
from bot.desk.orders import orders

_FIGURE = "[\\d零〇一二三四五六七八九幺]"
_LONG_NUMBER = re.compile(rf"(?<!{_FIGURE}){_FIGURE}{{8,13}}(?!{_FIGURE})")
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
    if turn.outcome.message_consumed or number is None or number not in (turn.get("proven") or []):
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


def need_phone(turn: JourneyTurn, ask: str = "contact.ask_phone") -> str | None:
    """Return the customer's phone number; None when the customer does not want to tell one.

    Raises:
        AwaitingAnswer: it was asked for.
    """
    mistyped = bool(_LONG_NUMBER.search(re.sub(r"[\s-]", "", turn.message.words)))
    if (
        turn.may_answer("phone")
        and mistyped
        and phone_in(turn.message) is None
        and turn.say_once("contact.phone_length")
    ):
        turn.consume_message()
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
