"""The order and its proof, and which of its items is meant."""

from __future__ import annotations

import re

from actions.framework.answer import Choice
from actions.framework.turn import JourneyTurn
from actions.reading.answers import NOT_SAID, digits_answer, has_defect, opened_in, says_none
from actions.reading.facts import no_order_in, order_number_in, phone_in, product_in
from actions.reading.message import Message
from bot.desk.models import Order, OrderItem
from bot.desk.orders import orders, proof

_OF_NUMBERS = re.compile(r"尾号|号码|手机|电话|后四|四位|数字|单号|订单|记|忘")


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
        turn.consume_message()
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
    if turn.may_answer("digits") and lacks_digits(turn.message):
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
    if turn.may_answer("digits") and told is None and lacks_digits(turn.message):
        turn.continue_with("handoff_form", "proof.without")
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
        turn.continue_with("handoff_form", "proof.locked", until=result.until)
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

    choices = [Choice(i.sku, "button.item", name=i.name) for i in items]
    sku = turn.need("item", "order.ask_item", which, choices=choices)
    return next((i for i in items if i.sku == sku), items[0])
