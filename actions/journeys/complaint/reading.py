"""What is told in a complaint: what happened, when, where, who, what is demanded (service manual §3.2)."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.framework.answer import Choice
from actions.reading.answers import (
    Reader,
    account,
    complaint_wish_in,
    free_text_answer,
    has_defect,
    is_question,
    says_only_facts,
    yes_no,
)
from actions.reading.facts import name_in
from actions.reading.message import Message
from actions.reading.times import past_moment_in, time_words_in

_PLACE = re.compile(
    r"(门店|实体店|旗舰店|店铺|店里|商场|柜台|家门口|家里|小区|楼下|楼道|驿站|快递柜|自提点|网上|线上|直播间|微信|电话里|电话中|App|APP|app|小程序|官网|公司|单位|学校|仓库|售后点|维修点|收银台|门口|路上)"
)
_LOOSE_PLACE = re.compile(
    r"(在我?家(里|中)?(?!人|的|属|电)|我家(里|中)?(?!人|的|属|电)|电话(上|里|中)|打电话的?时候|[\u4e00-\u9fff]{1,5}(?:店|商场|广场|超市|专柜)(?!员|长|家|铺|主|小二))"
)
"""Places in wider wordings, where none of the narrower is named."""
_PERSON = re.compile(
    r"((姓[\u4e00-\u9fff]的)?(男|女|那个|这个)?(快递|外卖|配送|送货|派送|安装|维修|售后|收银|客服|门店|导购|前台|物业|保安|骑|司)?(小哥|师傅|人员|员工|店员|店长|经理|主管|专员|客服|导购|骑手|司机|快递员|配送员|收银员|工程师|保安|老板|服务员|业务员|工人|技师)(姓.)?|工号\s*\d+|客服|(快递|物流|搬家|安装)公司|厂家|商家|卖家|平台)"
)
_NOBODY = re.compile(
    r"^(没有?(人$|这个?人|谁|别人|注意|看清|问|记住?|印象|具体|特定|$)|无$|不(清楚|知道|记得|晓得|认识|确定|太清楚)|忘(了|记)|说不(清|上)|记不)"
)
_DEMAND = re.compile(
    r"要求|希望|诉求|想要|(?<!投诉)(?<!举报)必须|给我|得给|请你?们?(?!问)|最好|赶紧|^(你们)?(得|就)?(赔|退|换|补(偿|发|寄|差|上)|道歉|重发|返|修好|修一?下|装好)|"
    r"我?(就|只|还)?(要|想)(?!投诉|举报|反映|反馈|说|告|问|骂|死|知道|了解)"
)
"""Begins a demand."""
_WISH_OF_INTENT = {
    "refund_status": "refund",
    "return_goods": "return",
    "exchange_goods": "exchange",
    "repair_booking": "repair",
}
MONEY = re.compile(r"赔|补偿|补差|差价|报销|医药费|误工")
"""Demands for money that are more than the price given back."""
NAMED_FACT = re.compile(
    r"(?P<where>地点|地方|位置)|(?P<when>时间|日期|日子)|(?P<who>人员|当事人|工作人员|那个人)|(?P<wish>要求|诉求)|(?P<name>姓名|名字|称呼)"
)
"""A fact of the restatement that is named to correct it."""
NEW_VALUE = re.compile(r"(应该是|应当是|改成|改为|换成|是|[:：])(?P<value>[^是，。,;；！!]{2,60})[。！!]*$")
_LEAST = 4
"""Characters of an account: “发货太慢”."""
RESTATED = 150
"""Characters of the account that are restated."""
_SHORT = 5
"""Characters of a bare yes or no."""
_BESIDE = 4
"""Characters beside an answer to another question in which nothing more is told."""
ABOUT_THINGS = 5
"""Characters from which words on goods or faults are more of the account, rather than a place or a person."""
DEMANDS = (
    Choice("refund", "button.refund"),
    Choice("exchange", "button.exchange"),
    Choice("return", "button.return"),
    Choice("repair", "button.repair_wish"),
    Choice("other", "button.apology"),
)


def account_in(message: Message) -> str | None:
    """Read what happened out of any message; whom it is about, and that it is a complaint, is no account yet."""
    about = _PERSON.sub("", message.words)
    told = account(message.words) or account(about, least=_LEAST)
    return message.words[:500] if told and message.intent != "inform" else None


def account_answer(message: Message) -> str | None:
    """Read the answer to “what happened?”; a time or a place alone is told for its own question."""
    rest = _PLACE.sub("", message.words)
    for start, end in sorted(message.spans("time"), reverse=True):
        rest = rest.replace(message.text[start:end], "")
    name = name_in(message)
    if name is not None and len(message.bare()) - len(name) <= _BESIDE:
        return None
    only_circumstances = rest != message.words and account(rest, least=_LEAST) is None
    return None if only_circumstances else free_text_answer(message)


def place_in(message: Message) -> str | None:
    """Read a place: an address, or words for where such things happen."""
    match = _PLACE.search(message.words) or _LOOSE_PLACE.search(message.words)
    found = message.entity("address") or (match and match.group(0))
    return str(found) if found else None


def person_concerned_in(message: Message) -> str | None:
    """Read whom it is about."""
    match = _PERSON.search(message.words)
    return match.group(0) if match else None


def past_time_words_in(message: Message) -> str | None:
    """Read the customer's own words of a time that lies behind."""
    return time_words_in(message) if past_moment_in(message) else None


def _free(message: Message) -> str | None:
    if len(message.bare()) <= _SHORT and yes_no(message) is not None:
        return None
    if says_only_facts(message) or (len(message.bare()) <= 8 and _NOBODY.search(message.words)):
        return None
    return None if is_question(message.words) else message.words[:100] or None


def place_answer(message: Message) -> str | None:
    """Read the answer to “where?”: whatever does not answer another question."""
    named = place_in(message)
    if named is None and (
        _tells_more(message) or _answers_other(message, person_concerned_in, demanded_wish_in, past_moment_in, name_in)
    ):
        return None
    # “还能在哪，我家啊” asks and tells.
    return _free(message) or named


def person_concerned_answer(message: Message) -> str | None:
    """Read the answer to “who?”: whatever does not answer another question."""
    named = person_concerned_in(message)
    if named is None and (_tells_more(message) or _answers_other(message, place_in, demanded_wish_in, past_moment_in)):
        return None
    return _free(message) or named


def _answers_other(message: Message, *readers: Reader) -> bool:
    """Tell whether words answer another question of the complaint alone: customers answer in their own order."""
    values = [
        time_words_in(message) if read is past_moment_in and past_moment_in(message) else read(message)
        for read in readers
    ]
    return any(value is not None and len(message.bare()) - len(str(value)) <= _BESIDE for value in values)


def _tells_more(message: Message) -> bool:
    """Tell whether words speak of goods or a fault: they go on with the account, whatever was asked."""
    of_goods = message.entity("product") or has_defect(message.words)
    return bool(of_goods) and len(message.bare()) >= ABOUT_THINGS


def demanded_wish_answer(message: Message) -> str | None:
    """Read the answer to “what shall be done?”: whatever does not ask back is a wish."""
    if found := complaint_wish_in(message):
        return found
    if is_question(message.words) or says_only_facts(message) or not message.bare():
        return None
    if demanded_wish_in(message) is None and _answers_other(
        message, person_concerned_in, place_in, past_moment_in, name_in, _nobody_in
    ):
        return None
    return _WISH_OF_INTENT.get(message.intent, "other")


def _nobody_in(message: Message) -> str | None:
    match = _NOBODY.search(message.words)
    return match[0] if match else None


def demanded_wish_in(message: Message) -> str | None:
    """Read what is demanded: an account names goods changed and repairs made that nobody asks for now."""
    said = demand_words_in(message)
    return complaint_wish_in(replace(message, text=said)) if said else None


def demand_words_in(message: Message) -> str | None:
    """Read the words of what is demanded."""
    for clause in re.findall(r"[^，。,.;；！!？?\s]+[？?]?", message.words):
        match = _DEMAND.search(clause)
        if match is None or clause.startswith(("补充", "补一")) or is_question(clause):
            continue
        if complaint_wish_in(replace(message, text=clause[match.start() :])):
            return str(clause[match.start() :])[:60]
    return None


def without_numbers(told: str) -> str:
    """Leave numbers and name out of an account that is restated: they are told for themselves."""
    rest = _NUMBERS.sub("", told).strip("，。,；; ")
    return rest or told


_NUMBERS = re.compile(
    r"[，。,；;\s]*(我?的?(电话|手机号?码?|联系方式|号码|订单号?|单号|尾号|后四位))?(是|为|:|：)?\s*\d[\d\-]{3,}(?!\d|[年月日号元块])|[，。,；;\s]+我叫[\u4e00-\u9fff·]{2,4}(?=[，。,；;\s]|$)"
)
NO_ACCOUNT = frozenset(
    {"return_goods", "exchange_goods", "repair_booking", "install_service", "cancel_order", "invoice"}
)
"""Wishes that are not told of what happened: they break in."""
