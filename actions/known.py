"""Questions that many journeys share: the order and its proof, its item, the contact."""

from __future__ import annotations

import re

from actions.case import Case, Option
from actions.message import Message
from actions.reading import NOT_SAID, Reader, mobile_tail
from bot.desk import orders, proof
from bot.desk.models import Order, OrderItem

_NAME = re.compile(r"^(我?叫|我?姓|我是|本人|名字是?|联系人是?)?[:：]?(?P<name>[\u4e00-\u9fff·]{2,4})$")
_NOT_A_NAME = re.compile(r"不|没|吗|呢|吧|什么|怎么|为|干|谢|好的|可以|客服|人工|退|换|修|投诉")


def order_number(message: Message) -> str | None:
    """Read an order number."""
    picked = message.pick("order")
    return str(picked) if picked else message.entity("order_number")


def tail_with_order(message: Message) -> str | None:
    """Read the proof that comes unasked: digits said as such, or the phone named together with an order or ticket."""
    digits = message.entity("digits")
    if digits:
        return str(digits)[-4:]
    phone = message.entity("phone")
    named = message.entity("order_number") or message.entity("ticket_number")
    return str(phone)[-4:] if phone and named else None


def phone(message: Message) -> str | None:
    """Read a phone number."""
    return message.entity("phone")


def person(message: Message) -> str | None:
    """Read a name or a surname with its title."""
    return message.entity("person")


def person_answer(message: Message) -> str | None:
    """Read the answer to “how may I address you?”, where a bare name counts."""
    named = person(message)
    if named:
        return named
    match = _NAME.match(message.bare())
    if match is None or _NOT_A_NAME.search(match["name"]):
        return None
    return match["name"]


def address(message: Message) -> str | None:
    """Read an address."""
    return message.entity("address")


def address_answer(message: Message) -> str | None:
    """Read the answer to “where?”: an address, or words that look like a place."""
    found = address(message)
    if found:
        return found
    text = message.words
    return text[:150] if len(message.bare()) >= 5 and re.search(r"[省市区县镇乡村路街道巷弄号栋幢座楼室园苑小区]", text) else None


def product(message: Message) -> str | None:
    """Read the SKU or the words of a product."""
    picked = message.pick("product")
    return str(picked) if picked else message.entity("product")


IDENTITY: dict[str, Reader] = {"order": order_number, "digits": tail_with_order}
"""Spots of every journey under an order."""
CONTACT: dict[str, Reader] = {"phone": phone, "name": person, "address": address}
"""Spots of every journey that needs a contact."""
ANSWERS: dict[str, Reader] = {
    **IDENTITY,
    **CONTACT,
    "digits": mobile_tail,
    "name": person_answer,
    "address": address_answer,
    "product": product,
}
"""How the shared questions are answered when asked."""


async def proven_order(case: Case, *, optional: bool = False, ask: str = "order.ask_number") -> Order | None:
    """Return the order of the case once its phone's last four digits were told.

    Five wrong tries lock (`bot.desk.proof`); the answer never tells a wrong number from wrong digits.

    Args:
        case: the case.
        optional: a customer without an order number goes on without one.
        ask: the phrase that asks for the number.

    Raises:
        Waiting: number or digits were asked for.
        Left: too many wrong tries.
    """
    number = case.need("order", ask, order_number, optional=optional)
    if number == NOT_SAID:
        return None
    if not await proven(case, number):
        return None
    return await orders.find_order(case.session, number)


async def proven(case: Case, number: str) -> bool:
    """Have the customer prove an order or a ticket; asked once for each number in a conversation.

    Raises:
        Waiting: the digits were asked for.
        Left: too many wrong tries.
    """
    known: list[str] = case.get("proven") or []
    if number in known:
        return True
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


def need_phone(case: Case, ask: str = "contact.ask_phone") -> str:
    """Return the customer's phone number.

    Raises:
        Waiting: it was asked for.
    """
    return str(case.need("phone", ask, phone))


def need_name(case: Case) -> str:
    """Return how to address the customer.

    Raises:
        Waiting: it was asked for.
    """
    return str(case.need("name", "contact.ask_name", person_answer, optional=True))


def need_address(case: Case) -> str:
    """Return the full address.

    Raises:
        Waiting: it was asked for.
    """
    return str(case.need("address", "contact.ask_address", address_answer))
