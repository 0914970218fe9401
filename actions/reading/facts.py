"""Facts that many journeys read from messages: the order and its proof, the contact, the goods."""

from __future__ import annotations

import re

from actions.reading.answers import Reader, digits_answer
from actions.reading.message import Message

_ROLES = "师傅|客服|快递员?|店员|经理|主管|老板|司机|骑手|导购|保安|工程师|小哥|专员|员工|人员"
_ROLE = re.compile(_ROLES)
_INTRODUCED = re.compile(
    r"(我叫|我是|我姓|免贵姓|姓名是?|联系人|收件人|名字|称呼|叫我|(?<![\u4e00-\u9fff])本人|写|(?<![\u4e00-\u9fff])[叫是姓])[:：是为]?\s*$"
)
_NAME = re.compile(
    r"^(叫我|喊我|称呼我|我?叫|我?姓|我是|本人|名字是?|联系人是?)?[:：]?(?P<name>[\u4e00-\u9fff·]{1,4}?)(就(行|好|可以|成)了?)?$"
)
_NAMED = re.compile(
    r"(我叫|名字叫|名字是|姓名是?|(?<![\u4e00-\u9fff])本人)[:：]?\s*(?P<name>[\u4e00-\u9fff·]{2,4})(?=$|[，。,.！!\s])"
)
_OF_STAFF = re.compile(rf"({_ROLES})姓$")
_STAFF_BEHIND = re.compile(rf"姓?的?[^，。,.\s]{{0,2}}?({_ROLES})")
"""Stands around the name of the person spoken of."""
_NO_NAME = re.compile(r"^(上午|下午|晚上|今天|明天|后天|周[一二三四五六日天]|星期.|礼拜.)$")
_NOT_A_NAME = re.compile(
    r"上午|下午|晚上|明早|第.个|周[一二三四五六日]|不|没|吗|呢|什么|怎么|为|干|谢|好的|可以|客服|人工|退|换|修|投诉|你|我|哪|谁|的|保密|匿名|随便|了$|^[嗯好对是行有无要啊哦喂呃哈]$"
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
_EXACT = re.compile(
    r"[\d一二三四五六七八九十]|号|栋|幢|室|楼|村|组|大厦|广场|店|学|院|厂|公司|小区|家园|花园|苑|园|站|庄|屯"
)
"""What an address must hold to be one."""
_ROOM = re.compile(r"(?:房号|门牌|房间|室|地址)[^\d]{0,6}(?P<room>\d{2,5})")


def amended_address(known: str, words: str, told: str | None = None) -> str | None:
    """Return a known address with the part that is told anew: “是1栋302” puts right all from the building on.

    Args:
        known: the address so far.
        words: what the customer wrote.
        told: the address that was read out of the words; a whole one takes the place of the known one.
    """
    if told is not None and not _AMENDS.fullmatch(told):
        return told
    words = re.sub(r"[，,]?(而)?不是[^，。,；;]*", "", words)
    *_, match = (None, *_AMENDS.finditer(words))
    if match is not None:
        unit = _UNIT.match(match[0])
        places = [m for m in _UNIT.finditer(known) if unit and _kind(m["unit"]) == _kind(unit["unit"])]
        if not places:
            bare = re.match(r"(.*?)\d{2,5}$", known) if unit and unit["unit"] == "室" else None
            return bare[1] + match[0] if bare else None
        # One part told alone takes its own place; more of them take that of all that follows.
        rest = known[places[-1].end() :] if _UNIT.fullmatch(match[0]) else ""
        return known[: places[-1].start()] + match[0] + rest
    if match := _ROOM.search(words):
        head = re.match(r"(.*?)\d{2,5}室?$", known)
        return head[1] + match["room"] if head else None
    return None


def _kind(unit: str) -> str:
    return "building" if unit in ("号楼", "栋", "幢", "座") else "floor" if unit in ("层", "楼") else unit


def order_number_in(message: Message) -> str | None:
    """Read an order number."""
    picked = message.pick("order")
    return str(picked) if picked else message.entity("order_number")


def no_order_in(message: Message) -> bool | None:
    """Read that there is no order to name, told unasked."""
    return True if _ORDERLESS.search(message.words) else None


def digits_in(message: Message) -> str | None:
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


def phone_in(message: Message) -> str | None:
    """Read a phone number."""
    return message.entity("phone")


def name_in(message: Message) -> str | None:
    """Read the customer's own name: introduced as such, or standing beside a phone or an address."""
    beside = message.entity("phone") or message.entity("address")
    named = [
        (str(value), message.text[:start])
        for value, (start, end) in zip(message.values("person"), message.spans("person"), strict=False)
        if not (_ROLE.search(value) or _NONE.search(value) or _NO_NAME.search(value))
        and not (_OF_STAFF.search(message.text[:start]) or _STAFF_BEHIND.match(message.text[end:]))
    ]
    introduced = next((value for value, before in named if _INTRODUCED.search(before)), None)
    if introduced:
        return introduced
    match = _NAMED.search(message.words)
    name = _PARTICLES.sub("", match["name"]) if match else ""
    if name and not _NOT_A_NAME.search(name):
        return name
    return next((value for value, _ in named if beside or message.bare() == value), None)


def introduces_name(message: Message) -> bool:
    """Tell whether the customer gives the own name in so many words, which outweighs a name taken before."""
    return _NAMED.search(message.words) is not None and name_in(message) is not None


def name_answer(message: Message) -> str | None:
    """Read the answer to “how may I address you?”, where a bare name counts."""
    named = name_in(message)
    if named:
        return named
    match = _NAME.match(_PARTICLES.sub("", message.bare()))
    if match is None or _NOT_A_NAME.search(match["name"]):
        return None
    return match["name"]


def address_in(message: Message) -> str | None:
    """Read an address; a region alone is none: nobody can go there."""
    found = message.entity("address")
    return str(found) if found and _EXACT.search(str(found)) else None


def address_answer(message: Message) -> str | None:
    """Read the answer to “where?”: an address, or words that look like a place."""
    found = address_in(message)
    if found:
        return found
    text = message.words
    return (
        text[:150]
        if len(message.bare()) >= 5 and re.search(r"[省市区县镇乡村路街道巷弄号栋幢座楼室园苑小区]", text)
        else None
    )


def product_in(message: Message) -> str | None:
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

IDENTITY: dict[str, Reader] = {"order": order_number_in, "digits": digits_in}
"""Spots of every journey under an order."""
CONTACT: dict[str, Reader] = {"phone": phone_in, "name": name_in, "address": address_in}
"""Spots of every journey that needs a contact."""
ANSWERS: dict[str, Reader] = {
    **IDENTITY,
    **CONTACT,
    "digits": digits_answer,
    "name": name_answer,
    "address": address_answer,
    "product": product_in,
}
"""How the shared questions are answered when asked."""
