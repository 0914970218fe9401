"""Questions that many journeys share: the order and its proof, its item, the contact."""

from __future__ import annotations

import re
from typing import Any

from actions.case import Case, Option
from actions.message import Message
from actions.reading import NOT_SAID, Reader, mobile_tail, says_none
from bot.desk import orders, proof
from bot.desk.models import Order, OrderItem

_ROLE = re.compile(r"师傅|客服|快递|店员|经理|主管|老板|司机|骑手|导购|保安|工程师|小哥|专员")
_INTRODUCED = re.compile(
    r"(我叫|我是|我姓|姓名是?|联系人|收件人|名字|称呼|叫我|(?<![\u4e00-\u9fff])本人|写|姓|(?<![\u4e00-\u9fff])[叫是])[:：是为]?\s*$"
)
_NAME = re.compile(
    r"^(叫我|喊我|称呼我|我?叫|我?姓|我是|本人|名字是?|联系人是?)?[:：]?(?P<name>[\u4e00-\u9fff·]{1,4}?)(就(行|好|可以|成)了?)?$"
)
_NAMED = re.compile(
    r"(我叫|名字叫|名字是|姓名是?|(?<![\u4e00-\u9fff])本人)[:：]?\s*(?P<name>[\u4e00-\u9fff·]{2,4})(?=$|[，。,.！!\s])"
)
_NOT_A_NAME = re.compile(
    r"不|没|吗|呢|什么|怎么|为|干|谢|好的|可以|客服|人工|退|换|修|投诉|你|我|哪|谁|的|保密|匿名|随便|了$|^[嗯好对是行有无要啊哦喂呃哈]$"
)
_NONE = re.compile(r"^莫得|^莫有|^冇")
"""“None” in dialect, which looks like a surname."""
_ORDERLESS = re.compile(
    r"(没有?|无|不记得|忘了?|找不到)(网上|线上)?(的)?(订单|单号)|(订单|单)号?(没有|不记得|忘|找不到)"
)
_FOUR = re.compile(r"(?<![\dA-Za-z-])\d{4}(?![\dA-Za-z年元块号室弄栋幢-])")
_PARTICLES = re.compile(r"[哈啊呀哦呢吧嘛哟]+$")


_TAIL_BESIDE = re.compile(r"[\s，,、。/;；]{1,3}(?P<tail>\d{4})(?![\d号室弄栋幢年])")
"""Four digits right behind a number are its proof."""
_UNIT = re.compile(r"\d+\s*(?P<unit>号楼|栋|幢|座|单元|门|号|层|楼|室)")
_AMENDS = re.compile(r"\d+\s*(?:号楼|栋|幢|座|单元|门|号|层|楼|室)[\d号楼栋幢座单元门层室\-]*")
_ROOM = re.compile(r"(?:房号|门牌|房间|室)[^\d]{0,6}(?P<room>\d{2,5})")
_FIGURE = "[\\d零〇一二三四五六七八九幺]"
_LONG_NUMBER = re.compile(rf"(?<!{_FIGURE}){_FIGURE}{{8,13}}(?!{_FIGURE})")


def amended_address(known: str, words: str, told: str | None = None) -> str | None:
    """Return a known address with the part that is told anew: “是1栋302” puts right all from the building on.

    Args:
        known: the address so far.
        words: what the customer wrote.
        told: the address that was read out of the words; a whole one takes the place of the known one.
    """
    if told is not None and not _AMENDS.fullmatch(told):
        return told
    *_, match = (None, *_AMENDS.finditer(words))
    if match is not None:
        unit = _UNIT.match(match[0])
        places = [m for m in _UNIT.finditer(known) if unit and _kind(m["unit"]) == _kind(unit["unit"])]
        return known[: places[-1].start()] + match[0] if places else None
    if match := _ROOM.search(words):
        head = re.match(r"(.*?)\d{2,5}室?$", known)
        return head[1] + match["room"] if head else None
    return None


def _kind(unit: str) -> str:
    return "building" if unit in ("号楼", "栋", "幢", "座") else "floor" if unit in ("层", "楼") else unit


def order_number(message: Message) -> str | None:
    """Read an order number."""
    picked = message.pick("order")
    return str(picked) if picked else message.entity("order_number")


def no_order(message: Message) -> bool | None:
    """Read that there is no order to name, told unasked."""
    return True if _ORDERLESS.search(message.words) else None


def tail_with_order(message: Message) -> str | None:
    """Read the proof that comes unasked: digits said as such, or digits or the phone beside an order or ticket."""
    digits = message.entity("digits")
    if digits:
        return str(digits)[-4:]
    spans = [*message.spans("order_number"), *message.spans("ticket_number")]
    beside = (_TAIL_BESIDE.match(message.text[end:]) for _, end in spans)
    if told := next((match["tail"] for match in beside if match), None):
        return str(told)
    phone = message.entity("phone")
    if not spans:
        return None
    bare = _FOUR.search(message.words)
    return str(phone)[-4:] if phone else (bare.group(0) if bare else None)


def phone(message: Message) -> str | None:
    """Read a phone number."""
    return message.entity("phone")


def person(message: Message) -> str | None:
    """Read the customer's own name: introduced as such, or standing beside a phone or an address."""
    beside = message.entity("phone") or message.entity("address")
    for value, (start, _) in zip(message.values("person"), message.spans("person"), strict=False):
        if _ROLE.search(value) or _NONE.search(value):
            continue
        if beside or _INTRODUCED.search(message.text[:start]) or message.bare() == value:
            return str(value)
    match = _NAMED.search(message.words)
    name = _PARTICLES.sub("", match["name"]) if match else ""
    return name if name and not _NOT_A_NAME.search(name) else None


def person_answer(message: Message) -> str | None:
    """Read the answer to “how may I address you?”, where a bare name counts."""
    named = person(message)
    if named:
        return named
    match = _NAME.match(_PARTICLES.sub("", message.bare()))
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
    return (
        text[:150]
        if len(message.bare()) >= 5 and re.search(r"[省市区县镇乡村路街道巷弄号栋幢座楼室园苑小区]", text)
        else None
    )


def product(message: Message) -> str | None:
    """Read a product: its SKU when it is ours, else the customer's word for it."""
    picked = message.pick("product")
    if picked is not None:
        return str(picked)
    named = zip(message.values("product"), message.spans("product"), strict=False)
    # 手机尾号, 手机号 speak of a number, not of goods.
    goods = [str(value) for value, (_, end) in named if not _OF_A_NUMBER.match(message.text[end:])]
    return next((value for value in goods if _SKU.fullmatch(value)), goods[0] if goods else None)


_OF_A_NUMBER = re.compile(r"(的)?(尾号|号|后四|后4|最后|末|卡|是?1[3-9])")
_SKU = re.compile(r"[A-Z]{2}-\d{4}")

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


_AS_ON_ORDER = re.compile(
    r"(订单|单子|下单|收货|收件|预留|系统)(上|里|时|的时候)?(的|写|填|留|登记|有|那个|信息|一样|就是)"
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
    number = case.need("order", ask, order_number)
    if number != NOT_SAID:
        return str(number)
    case.set("order", None)
    case.set("order_none", True)
    return None


async def proven_order(case: Case, ask: str = "order.ask_number") -> Order | None:
    """Return the order of the case once its phone's last four digits were told; None when there is no number to give.

    Five wrong tries lock (`bot.desk.proof`); the answer never tells a wrong number from wrong digits.

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
    if case.asked == "digits" and not case.answered and mobile_tail(case.message) is None and says_none(case.message):
        case.take("order_none", True)
        case.set("order", None)
        case.say("proof.order_left_out")
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
    told = mobile_tail(case.message) or case.get("digits")
    if case.asked == "digits" and not case.answered and told is None and says_none(case.message):
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
