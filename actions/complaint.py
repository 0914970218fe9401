"""Complaint 投诉: apologise, hear it out, restate, have it confirmed, promise a time (service manual §3.2)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar

from actions import classify
from actions.case import Case, Option, titled
from actions.journey import Journey
from actions.known import ANSWERS, CONTACT, need_name, need_order, need_phone, no_order, order_number, person, product
from actions.message import Message
from actions.quoting import quote
from actions.reading import Reader, account, complaint_wish, narrative, says_only_facts
from actions.times import moment, moment_said, words_of_time
from actions.writing import confirm, open_ticket

_PLACE = re.compile(
    r"(门店|实体店|旗舰店|店铺|店里|商场|柜台|家门口|家里|小区|楼下|楼道|驿站|快递柜|自提点|网上|线上|直播间|微信|电话里|电话中|App|APP|app|小程序|官网|公司|单位|学校|仓库|售后点|维修点|收银台|门口|路上)"
)
_PERSON = re.compile(
    r"((快递|外卖|配送|送货|派送|安装|维修|售后|收银|客服|店铺?|导购|前台|物业|保安|骑|司)?(小哥|师傅|人员|员工|店员|店长|经理|主管|专员|客服|导购|骑手|司机|快递员|配送员|收银员|工程师|保安|老板|服务员|业务员|工人|技师)(姓.)?|工号\s*\d+|客服)"
)
_NOBODY = re.compile(
    r"^(没有?(这个?人|谁|别人|注意|看清|问|记住?|印象|具体|特定|$)|无$|不(清楚|知道|记得|晓得|认识|确定|太清楚)|忘(了|记)|说不(清|上)|记不)"
)
_DEMAND = re.compile(
    r"要求|希望|诉求|想要|(?<!投诉)(?<!举报)必须|给我|得给|请你?们?(?!问)|最好|赶紧|^(你们)?(得|就)?(赔|退|换|补|道歉|重发|返)|"
    r"我?(就|只|还)?(要|想)(?!投诉|举报|反映|反馈|说|告|问|骂|死|知道|了解)"
)
"""Begins a demand."""
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
    return message.words[:100] or None


def _demand(message: Message) -> str | None:
    """Read what is demanded: an account names goods changed and repairs made that nobody asks for now."""
    for clause in re.split(r"[，。,.;；！!？?\s]+", message.words):
        match = _DEMAND.search(clause)
        if match and (found := complaint_wish(replace(message, text=clause[match.start() :]))):
            return found
    return None


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
    }
    free = frozenset({"what", "where", "who", "wish"})
    indispensable = frozenset({"what", "wish", "confirmed"})

    def readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {**self.spots, **ANSWERS, "when": moment_said, "where": _free, "who": _free, "wish": complaint_wish}

    async def script(self, case: Case) -> None:
        """Apologise, collect, restate, record, promise."""
        self._soothe(case)
        what = case.need("what", "complaint.ask_what", narrative)
        when = case.need("when", "complaint.ask_when", moment_said)
        case.need("where", "complaint.ask_where", _free)
        case.need("who", "complaint.ask_who", _free)
        wish = case.need("wish", "complaint.ask_wish", self._wish, options=_WISHES)
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
            "what": quote(what),
            "when": quote(str(case.get("when_said") or when)),
            "where": quote(str(case.get("where"))),
            "who": quote(str(case.get("who"))),
            "wish": titled(_WISHES, wish),
        }
        if phone is None:
            confirm(case, "complaint.restate_without_phone", **said)
        else:
            confirm(case, "complaint.restate", phone=phone, **said)
        ticket = await open_ticket(
            case, "complaint", fields, class_=classify.class_of(what), weight=classify.weight_of(what)
        )
        case.say(f"complaint.done_{ticket.weight}", ticket=ticket.number, number=ticket.number, due=ticket.due_at)

    def _soothe(self, case: Case) -> None:
        heat = case.get("heat") or 1
        now = classify.heat_of(case.message.words, insulted=case.message.intent == "abuse")
        if not case.active:
            case.set("heat", max(heat, now))
            case.tell(f"complaint.apology{max(heat, now)}")
        elif now > heat:
            case.set("heat", now)
            case.say(f"complaint.apology{now}")

    def _wish(self, message: Message) -> str | None:
        return complaint_wish(message) or ("other" if message.words else None)
