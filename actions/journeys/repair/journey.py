"""Repair and installation booking 报修/预约: self-help first, then a real time with free capacity (§3.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from actions.framework.case import Case, Option
from actions.framework.confirm import confirm, open_ticket
from actions.framework.intents import WISHES
from actions.framework.journey import Journey
from actions.framework.known_facts import for_eyes, item_of, need_address, need_name, need_phone, proven_order
from actions.framework.quoting import quote
from actions.journeys.repair.several_faults import first_broken
from actions.journeys.visits.choose_time import choose_slot, slot_answer, wished_time
from actions.reading.answers import (
    Reader,
    account,
    fault_told,
    has_defect,
    is_question,
    narrative,
    says_none,
    solved,
    yes_no,
)
from actions.reading.facts import ANSWERS, CONTACT, IDENTITY, no_order, product
from actions.reading.message import Message
from bot.desk.conversations import consultations
from bot.desk.models import Order, OrderItem, ServiceSlot
from bot.desk.shop import catalogue, repair_terms, selfhelp
from bot.desk.visits import booking
from bot.settings import settings

_INSTALL = re.compile(r"安装|装(一下|机|上|个|好)|上门装|移机|调试")
_REPAIR = re.compile(
    r"修|故障|毛病|检测|检查|售后|看看|看一?下|瞧|清洗|保养|换(个|一?下)?(滤芯|滤网|电池|屏|灯|门封|配件|零件)|(滤芯|滤网|电池|配件|零件)要换"
)
_DAMAGE = re.compile(r"摔|进水|泡水|泡了|碎屏|屏幕?(都|全)?碎|砸|磕|掉(地上|水里|进水)|压坏|踩|人为|自己(弄|搞|拆)|撞")
"""Damage by the user, which no warranty covers."""
_FEE = re.compile(r"钱|费|贵|价|收多少|免费|怎么收")
_ALL = 50
_SERVICES = (Option("repair", "button.repair"), Option("installation", "button.installation"))


def _service(message: Message) -> str | None:
    if message.intent == "install_service":
        return "installation"
    if message.is_button or has_defect(message.words) or message.entity("defect") or _REPAIR.search(message.words):
        return "repair"
    return "installation" if _INSTALL.search(message.words) else None


def _thing(message: Message) -> str | None:
    named = product(message)
    if named:
        return named
    words = message.words.strip()
    if says_none(message) or message.entity("ticket_number") or yes_no(message) is not None:
        return None
    return words[:40] if 2 <= len(message.bare()) <= 16 and not has_defect(words) else None


def _fault(message: Message) -> str | None:
    """Read a fault with what it came from: whether a fall caused it decides about the fee."""
    told = fault_told(message)
    causes = [clause for clause in re.split(r"[，。,；;！!\s]", message.words) if _DAMAGE.search(clause)]
    return "，".join([*(cause for cause in causes if cause not in told), told])[:120] if told else None


def _agrees(message: Message) -> bool | None:
    """Read the answer to the fee; “没有订单” and “不对，改成周日” speak of something else."""
    if no_order(message) or message.entity("time") is not None:
        return None
    return yes_no(message)


def _any_fault(message: Message) -> str | None:
    return _fault(message) or account(message.words) or narrative(message)


@dataclass(frozen=True, slots=True)
class Goods:
    """What is to be repaired or installed."""

    name: str
    category: str
    group: str | None
    model: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is visited and where."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of a visit but its time."""

    service: str
    goods: Goods
    fault: str | None
    warranty: str
    order: str | None
    contact: Contact

    def fields(self, slot: ServiceSlot) -> dict[str, Any]:
        """Return the ticket's facts."""
        zone = settings().zone
        return {
            "order": self.order,
            "product": self.goods.name,
            "model": self.goods.model,
            "fault": self.fault,
            "warranty": self.warranty,
            "name": self.contact.name,
            "phone": self.contact.phone,
            "address": self.contact.address,
            "slot_start": slot.start_at.astimezone(zone).isoformat(),
            "slot_end": slot.end_at.astimezone(zone).isoformat(),
        }


class RepairJourney(Journey):
    """Book a visit to repair or to install."""

    form = "repair_form"
    hard = True
    facts = (
        "service", "fault", "model", "item", "digits", "slot", "wished", "fee_ok", "solved", "deeper", "confirmed",
        "order_none",
    )  # fmt: skip
    spots: ClassVar[dict[str, Reader]] = {
        **IDENTITY,
        **CONTACT,
        "order_none": no_order,
        "product": product,
        "model": lambda message: message.entity("model"),
        "fault": _fault,
        "wished": wished_time,
    }
    free = frozenset({"fault"})
    rules = frozenset({"installation", "warranty"})
    consents = frozenset({"confirmed", "fee_ok", "solved"})
    indispensable = frozenset(
        {"digits", "confirmed", "service", "product", "fault", "fee_ok", "phone", "address", "slot"}
    )

    def readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        answers: dict[str, Reader] = {"product": _thing, "solved": solved, "slot": slot_answer, "fee_ok": _agrees}
        return {**self.spots, **ANSWERS, **answers}

    def answers(self, case: Case) -> bool:
        """Take a question on the fee that is being told for one of this journey."""
        return super().answers(case) or self._asks_fee(case)

    @staticmethod
    def _asks_fee(case: Case) -> bool:
        """Tell whether the fee is asked about; who asks it again has heard the answer and means more."""
        if case.asked != "fee_ok" or case.answered or "repair.fee_terms" in (case.get("told") or []):
            return False
        words = case.message.words
        return bool(_FEE.search(words)) and (is_question(words) or case.message.intent in WISHES)

    def adopt(self, case: Case) -> None:
        """Take from the wish whether something is to be repaired or installed, and what comes first."""
        if not case.active:
            case.message = first_broken(case)
        if case.get("service") is None:
            case.set("service", _service(case.message))

    async def script(self, case: Case) -> None:
        """Ask, help, tell the fee, offer times, confirm, book."""
        service = str(case.need("service", "repair.ask_service", _service, options=_SERVICES))
        case.tell(f"repair.begin_{service}")
        goods = await self._goods(case, str(case.need("product", f"repair.ask_product_{service}", _thing)))
        fault = None
        if service == "repair":
            fault = str(case.need("fault", "repair.ask_fault", _any_fault, product=goods.name))
            await self._self_help(case, goods, fault)
        warranty, order, item = await self._warranty(case)
        # The ticket must not lead its reader to an order of other goods.
        under = case.get("order") if order is not None else None
        if item is not None and await self._is_other(case, goods, item):
            warranty, under = "unknown", None
            case.tell("repair.not_in_order", product=goods.name)
        elif item is not None:
            goods = replace(goods, name=item.name, category=item.category, model=item.model)
        self._fee(case, goods, service=service, warranty=warranty)
        contact = Contact(need_name(case), str(need_phone(case)), need_address(case))
        visit = Visit(service, goods, fault, warranty, under, contact)
        slot = await choose_slot(case, service)
        self._confirm(case, visit, slot, order)
        await self._book(case, visit, slot)

    def _confirm(self, case: Case, visit: Visit, slot: ServiceSlot, order: Order | None) -> None:
        said = {"fault": quote(visit.fault)} if visit.fault else {}
        confirm(
            case,
            f"repair.restate_{visit.service}",
            product=visit.goods.name,
            start=slot.start_at,
            end=slot.end_at,
            address=for_eyes(visit.contact.address, order, "address"),
            phone=for_eyes(visit.contact.phone, order, "phone"),
            **said,
        )

    async def _book(self, case: Case, visit: Visit, slot: ServiceSlot) -> None:
        """Make ticket and booking, both or neither; a time taken meanwhile is asked anew."""
        try:
            async with case.session.begin_nested():
                ticket = await open_ticket(case, visit.service, visit.fields(slot), due_at=slot.end_at)
                await booking.reserve(case.session, ticket_number=ticket.number, slot_id=slot.id, now=case.now)
        except booking.SlotTaken:
            case.clear("slot", "wished", "confirmed")
            case.say("repair.slot_taken")
            await choose_slot(case, visit.service)
            return
        case.say(
            f"repair.done_{visit.service}",
            ticket=ticket.number,
            number=ticket.number,
            start=slot.start_at,
            end=slot.end_at,
        )
        case.say("repair.before_visit")

    async def _goods(self, case: Case, thing: str) -> Goods:
        """Return what is meant: of the catalogue if it is ours, else the words themselves."""
        known = await catalogue.product(case.session, thing)
        if known is not None:
            model = case.get("model") or known.model
            return Goods(known.name, known.category, known.details.get("group"), model)
        like = await catalogue.find_products(case.session, thing, limit=1)
        category, group = (like[0].category, like[0].details.get("group")) if like else (thing, thing)
        return Goods(quote(thing), category, group, case.get("model"))

    async def _is_other(self, case: Case, goods: Goods, item: OrderItem) -> bool:
        """Tell whether the goods named are ours, but not those of the order: its warranty says nothing of them."""
        meant = await catalogue.find_products(case.session, goods.name, limit=_ALL)
        return bool(meant) and item.sku not in {p.sku for p in meant}

    async def _self_help(self, case: Case, goods: Goods, fault: str) -> None:
        """Offer what the customer can do alone; when that helps no visit is needed."""
        if case.get("solved") is not None or case.get("deeper"):
            return
        found = selfhelp.find_help(goods.group, f"{goods.name} {fault}") or selfhelp.find_help(goods.category, fault)
        if found is None:
            return
        case.tell("repair.self_help", product=goods.name)
        case.tell(found.phrase)
        if not case.agrees("solved", "repair.ask_solved", yes="button.solved", no="button.unsolved", read=solved):
            return
        await consultations.record(
            case.session,
            conversation_id=case.message.conversation,
            message_id=case.message.id,
            topic="usage_help_fault",
            answered=True,
            subject=goods.name[:80],
            now=case.now,
        )
        case.leave(None, "repair.solved")

    async def _warranty(self, case: Case) -> tuple[str, Order | None, OrderItem | None]:
        order = await proven_order(case, ask="repair.ask_order")
        if order is None:
            return "unknown", None, None
        item = await item_of(case, order)
        return repair_terms.warranty_state(item, case.now), order, item

    def _fee(self, case: Case, goods: Goods, *, service: str, warranty: str) -> None:
        """Tell the fee before anything is booked, and have it agreed to when there is one."""
        if service == "installation":
            case.tell("repair.install_fee")
            return
        damage = warranty == "in" and _DAMAGE.search(case.get("fault") or "") is not None
        if warranty == "in" and not damage:
            case.tell("repair.in_warranty")
            return
        fee = repair_terms.fee_for(goods.category, group=goods.group)
        if self._asks_fee(case):
            parts = "、".join(f"{part.name}{part.price}元" for part in fee.parts)
            case.tell("repair.fee_terms", note=fee.note)
            if parts:
                case.say("repair.fee_parts", parts=parts)
            case.answered = True
        if not case.agrees(
            "fee_ok",
            "repair.fee_damage" if damage else f"repair.fee_{warranty}",
            read=_agrees,
            yes="button.agree_fee",
            no="button.no_fee",
            amount=fee.amount,
            covers=fee.covers,
        ):
            case.leave(None, "repair.fee_refused")
