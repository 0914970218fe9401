"""Complaint 投诉: apologise, hear it out, restate, have it confirmed, promise a time (service manual §3.2)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar

from actions import classify
from actions.case import Case, Option, titled
from actions.facts import ANSWERS, CONTACT, no_order, order_number, person, product
from actions.journey import Journey
from actions.known import need_name, need_order, need_phone
from actions.message import Message
from actions.questions import CERTAIN, SURE
from actions.quoting import quote
from actions.reading import (
    Reader,
    account,
    complaint_wish,
    has_defect,
    is_question,
    is_request,
    narrative,
    says_only_facts,
)
from actions.times import moment, moment_said, words_of_time
from actions.writing import confirm, open_ticket

_PLACE = re.compile(
    r"(在家|门店|实体店|旗舰店|店铺|店里|商场|柜台|家门口|家里|小区|楼下|楼道|驿站|快递柜|自提点|网上|线上|直播间|微信|电话里|电话中|App|APP|app|小程序|官网|公司|单位|学校|仓库|售后点|维修点|收银台|门口|路上)"
)
_PERSON = re.compile(
    r"((快递|外卖|配送|送货|派送|安装|维修|售后|收银|客服|门店|导购|前台|物业|保安|骑|司)?(小哥|师傅|人员|员工|店员|店长|经理|主管|专员|客服|导购|骑手|司机|快递员|配送员|收银员|工程师|保安|老板|服务员|业务员|工人|技师)(姓.)?|工号\s*\d+|客服)"
)
_NOBODY = re.compile(
    r"^(没有?(人$|这个?人|谁|别人|注意|看清|问|记住?|印象|具体|特定|$)|无$|不(清楚|知道|记得|晓得|认识|确定|太清楚)|忘(了|记)|说不(清|上)|记不)"
)
_DEMAND = re.compile(
    r"要求|希望|诉求|想要|(?<!投诉)(?<!举报)必须|给我|得给|请你?们?(?!问)|最好|赶紧|^(你们)?(得|就)?(赔|退|换|补|道歉|重发|返)|"
    r"我?(就|只|还)?(要|想)(?!投诉|举报|反映|反馈|说|告|问|骂|死|知道|了解)"
)
"""Begins a demand."""
_WISH_OF_INTENT = {
    "refund_status": "refund",
    "return_goods": "return",
    "exchange_goods": "exchange",
    "repair_booking": "repair",
}
_MONEY = re.compile(r"赔|补偿|补差|差价|报销|医药费|误工")
"""Demands for money that are more than the price given back."""
_NAMED_FACT = re.compile(
    r"(?P<where>地点|地方|位置)|(?P<when>时间|日期|日子)|(?P<who>人员|当事人|工作人员|那个人)|(?P<wish>要求|诉求)|(?P<name>姓名|名字|称呼)"
)
"""A fact of the restatement that is named to correct it."""
_NEW_VALUE = re.compile(r"(应该是|应当是|改成|改为|换成|是|[:：])(?P<value>[^是，。,;；！!]{2,60})[。！!]*$")
_RESTATED = 150
"""Characters of the account that are restated."""
_ABOUT_THINGS = 5
"""Characters from which words on goods or faults are more of the account, rather than a place or a person."""
_WISHES = (
    Option("refund", "button.refund"),
    Option("exchange", "button.exchange"),
    Option("return", "button.return"),
    Option("repair", "button.repair_wish"),
    Option("other", "button.apology"),
)


def _what(message: Message) -> str | None:
    return account(message.words) if message.intent != "inform" else None


def _where(message: Message) -> str | None:
    found = message.entity("address") or ((match := _PLACE.search(message.words)) and match.group(0))
    return str(found) if found else None


def _who(message: Message) -> str | None:
    match = _PERSON.search(message.words)
    return match.group(0) if match else None


def _when_said(message: Message) -> str | None:
    return words_of_time(message) if moment(message) else None


def _free(message: Message) -> str | None:
    if says_only_facts(message) or (len(message.bare()) <= 8 and _NOBODY.search(message.words)):
        return None
    return None if is_question(message.words) else message.words[:100] or None


def _place(message: Message) -> str | None:
    return None if _tells_more(message) and _where(message) is None else _free(message)


def _people(message: Message) -> str | None:
    return None if _tells_more(message) and _who(message) is None else _free(message)


def _tells_more(message: Message) -> bool:
    """Tell whether words speak of goods or a fault: they go on with the account, whatever was asked."""
    of_goods = message.entity("product") or has_defect(message.words)
    return bool(of_goods) and len(message.bare()) >= _ABOUT_THINGS


def _wanted(message: Message) -> str | None:
    """Read the answer to “what shall be done?”: whatever does not ask back is a wish."""
    if found := complaint_wish(message):
        return found
    if is_question(message.words) or says_only_facts(message) or not message.bare():
        return None
    return _WISH_OF_INTENT.get(message.intent, "other")


def _demand(message: Message) -> str | None:
    """Read what is demanded: an account names goods changed and repairs made that nobody asks for now."""
    said = _demand_said(message)
    return complaint_wish(replace(message, text=said)) if said else None


def _demand_said(message: Message) -> str | None:
    """Read the words of what is demanded."""
    for clause in re.findall(r"[^，。,.;；！!？?\s]+[？?]?", message.words):
        match = _DEMAND.search(clause)
        if match and not is_question(clause) and complaint_wish(replace(message, text=clause[match.start() :])):
            return str(clause[match.start() :])[:60]
    return None


_NO_ACCOUNT = frozenset(
    {"return_goods", "exchange_goods", "repair_booking", "install_service", "cancel_order", "invoice"}
)
"""Wishes that are not told of what happened: they break in."""


class ComplaintJourney(Journey):
    """Take a complaint down and make its ticket."""

    form = "complaint_form"
    hard = True
    facts = ("what", "when", "when_said", "where", "who", "wish", "wish_said", "heat", "order_none", "confirmed")
    spots: ClassVar[dict[str, Reader]] = {
        **{name: CONTACT[name] for name in ("phone",)},
        "name": person,
        "order": order_number,
        "order_none": no_order,
        "product": product,
        "what": _what,
        "when": moment,
        "when_said": _when_said,
        "where": _where,
        "who": _who,
        "wish": _demand,
        "wish_said": _demand_said,
    }
    free = frozenset({"what", "where", "who", "wish"})
    indispensable = frozenset({"what", "wish", "confirmed"})
    rules = frozenset({"order"})

    def readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {**self.spots, **ANSWERS, "when": moment_said, "where": _place, "who": _people, "wish": _wanted}

    async def script(self, case: Case) -> None:
        """Apologise, collect, restate, record, promise."""
        self._soothe(case)
        what = case.need("what", "complaint.ask_what", narrative)
        when = case.need("when", "complaint.ask_when", moment_said)
        case.need("where", "complaint.ask_where", _place)
        case.need("who", "complaint.ask_who", _people)
        wish = self._wanted(case)
        order = need_order(case, "complaint.ask_order")
        name = need_name(case)
        phone = need_phone(case)
        fields = {
            "what": what,
            "when": when,
            "where": case.get("where"),
            "who": case.get("who"),
            "wish": wish,
            "wish_said": case.get("wish_said"),
            "order": order,
            "product": case.get("product"),
            "name": name,
            "phone": phone,
            "cause": classify.cause(what),
        }
        said = {
            "what": quote(what, longest=_RESTATED),
            "when": quote(str(case.get("when_said") or when)),
            "where": quote(str(case.get("where"))),
            "who": quote(str(case.get("who"))),
            "wish": self._restated_wish(case, wish),
        }
        if phone is None:
            confirm(case, "complaint.restate_without_phone", **said)
        else:
            confirm(case, "complaint.restate", phone=phone, **said)
        ticket = await open_ticket(
            case, "complaint", fields, class_=classify.class_of(what), weight=classify.weight_of(what)
        )
        case.say(f"complaint.done_{ticket.weight}", ticket=ticket.number, number=ticket.number, due=ticket.due_at)

    def hears(self, case: Case) -> bool:
        """Take what goes on with the account, whatever was asked, and say so."""
        told = case.message.words
        if case.message.intent in _NO_ACCOUNT and case.message.confidence >= SURE:
            return False
        if case.get("what") is None or is_question(told) or is_request(told) or account(told) is None:
            return False
        self._add(case, told)
        case.say("complaint.noted")
        return True

    def _add(self, case: Case, told: str) -> None:
        case.set("what", f"{case.get('what')}；{told}"[:500])

    def _spot(self, case: Case, *, overwrite: bool = False) -> bool:
        """Take what is corrected in the restatement: a fact named, a new demand; else whatever is spotted."""
        corrects = overwrite and case.asked == "confirmed"
        if corrects and (self._named(case) or self._demands_anew(case)):
            return True
        return super()._spot(case, overwrite=overwrite)

    def _named(self, case: Case) -> bool:
        words = case.message.words
        name, value = _NAMED_FACT.search(words), _NEW_VALUE.search(words)
        if name is None or value is None or name.start() >= value.start("value"):
            return False
        slot, new = str(name.lastgroup), value["value"].strip()
        case.set(slot, (complaint_wish(replace(case.message, text=new)) or "other") if slot == "wish" else new)
        if slot in ("wish", "when"):
            case.set(f"{slot}_said", new)
        return True

    def _demands_anew(self, case: Case) -> bool:
        wish, said = _demand(case.message), _demand_said(case.message)
        if wish is None or (wish, said) == (case.get("wish"), case.get("wish_said")):
            return False
        case.set("wish", wish)
        case.set("wish_said", said)
        return True

    def _tell_anew(self, case: Case) -> bool:
        """Take another place or person; add to the account whatever else is told: nothing of it is lost."""
        value = _NEW_VALUE.search(case.message.words)
        for slot, read in (("who", _who), ("where", _where)):
            if value and read(replace(case.message, text=value["value"])):
                case.set(slot, value["value"])
                return True
        told = _what(case.message)
        if told is None or len(case.message.bare()) <= _ABOUT_THINGS:
            return False
        self._add(case, told)
        return True

    def _wanted(self, case: Case) -> str:
        known = case.get("wish")
        wish = str(case.need("wish", "complaint.ask_wish", _wanted, options=_WISHES))
        if known is None and case.message.words:
            case.set("wish_said", case.message.words[:60])
        return wish

    def _restated_wish(self, case: Case, wish: str) -> str | dict[str, str]:
        """Return the wish as it is restated: in the customer's own words where the choices do not say it."""
        said = case.get("wish_said")
        return quote(said) if said and (wish == "other" or _MONEY.search(said)) else titled(_WISHES, wish)

    def _soothe(self, case: Case) -> None:
        heat = case.get("heat") or 1
        insulted = case.message.intent == "abuse" and case.message.confidence >= CERTAIN
        now = classify.heat_of(case.message.words, insulted=insulted)
        if not case.active:
            case.set("heat", max(heat, now))
            case.tell(f"complaint.apology{max(heat, now)}")
        elif now > heat:
            case.set("heat", now)
            case.say(f"complaint.apology{now}")
