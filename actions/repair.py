"""Repair and installation booking 报修/预约: self-help first, then a real time with free capacity (§3.4)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import ClassVar

from actions.case import Case, Option
from actions.journey import Journey
from actions.known import (
    ANSWERS,
    CONTACT,
    IDENTITY,
    item_of,
    need_address,
    need_name,
    need_phone,
    product,
    proven_order,
)
from actions.message import Message
from actions.quoting import numbered, quote
from actions.reading import Reader, account, has_defect, narrative, yes_no
from actions.visits import choose_slot, wished_time
from actions.writing import confirm, open_ticket
from bot.desk import booking, catalogue, consultations, repair_terms, selfhelp
from bot.desk.models import OrderItem

_INSTALL = re.compile(r"安装|装(一下|机|上|个|好)|上门装|移机|调试")
_FIXED = re.compile(r"(已经|现在|又)?(好|行|可以|正常|解决)(了|啦|咯)|搞定|没问题了|修好了")
_STILL = re.compile(r"还是|依然|仍然|没(有)?用|不行|没好|不管用|照样|一样|试过|没解决|没反应|不好使|没变化")
_SERVICES = (Option("repair", "button.repair"), Option("installation", "button.installation"))


def _fault(message: Message) -> str | None:
    words = message.words
    if not has_defect(words) and not message.entity("defect"):
        return None
    clauses = [c.strip() for c in re.split(r"[，。,；;！!\n]", words)]
    named = [c for c in clauses if has_defect(c) or any(d in c for d in map(str, message.values("defect")))]
    return "，".join(named)[:120] or None


def _service(message: Message) -> str | None:
    if message.intent in ("install_service", "repair_booking"):
        return "installation" if message.intent == "install_service" else "repair"
    if has_defect(message.words):
        return "repair"
    return "installation" if _INSTALL.search(message.words) else None


def _thing(message: Message) -> str | None:
    named = product(message)
    if named:
        return named
    words = message.words.strip()
    return words[:40] if 2 <= len(message.bare()) <= 16 and not has_defect(words) else None


def _solved(message: Message) -> bool | None:
    if _STILL.search(message.words):
        return False
    return True if _FIXED.search(message.words) else yes_no(message)


class RepairJourney(Journey):
    """Book a visit to repair or to install."""

    form = "repair_form"
    hard = True
    facts = (
        "service", "fault", "model", "item", "digits", "slot", "wished", "fee_ok", "solved", "confirmed", "order_none",
    )  # fmt: skip
    spots: ClassVar[dict[str, Reader]] = {
        **IDENTITY,
        **CONTACT,
        "product": product,
        "model": lambda message: message.entity("model"),
        "fault": _fault,
        "wished": wished_time,
    }
    free = frozenset({"fault"})
    optional = frozenset({"order", "name"})
    consents = frozenset({"confirmed", "fee_ok"})

    def readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {**self.spots, **ANSWERS, "product": _thing, "solved": _solved, "slot": wished_time}

    def adopt(self, case: Case) -> None:
        """Take from the wish whether something is to be repaired or installed."""
        if case.get("service") is None:
            case.set("service", _service(case.message))

    async def script(self, case: Case) -> None:
        """Ask, help, tell the fee, offer times, confirm, book."""
        service = str(case.need("service", "repair.ask_service", _service, options=_SERVICES))
        case.tell(f"repair.begin_{service}")
        thing = str(case.need("product", f"repair.ask_product_{service}", _thing))
        name, category = await self._goods(case, thing)
        fault = None
        if service == "repair":
            fault = str(case.need("fault", "repair.ask_fault", self._any_fault, product=name))
            await self._self_help(case, category, fault, name)
        warranty, item = await self._warranty(case, service)
        if item is not None:
            name, category = item.name, item.category
        self._fee(case, service, warranty, category)
        person, phone, place = need_name(case), need_phone(case), need_address(case)
        slot = await choose_slot(case, service)
        start, end = slot.start_at, slot.end_at
        confirm(
            case,
            f"repair.restate_{service}",
            product=name,
            fault=quote(fault or ""),
            start=start,
            end=end,
            address=place,
            phone=phone,
        )
        fields = {
            "order": item and case.get("order"),
            "product": name,
            "model": case.get("model") or (item.model if item else None),
            "fault": fault,
            "warranty": warranty,
            "name": person,
            "phone": phone,
            "address": place,
            "slot_start": start.isoformat(),
            "slot_end": end.isoformat(),
        }
        try:
            await self._book(case, service, fields, slot_id=slot.id, end=end)
        except booking.SlotTaken:
            case.clear("slot", "wished", "confirmed")
            case.say("repair.slot_taken")
            await choose_slot(case, service)

    async def _book(self, case: Case, service: str, fields: dict[str, object], *, slot_id: int, end: datetime) -> None:
        async with case.session.begin_nested():
            ticket = await open_ticket(case, service, fields, due_at=end)
            await booking.reserve(case.session, ticket_number=ticket.number, slot_id=slot_id, now=case.now)
        case.say(
            f"repair.done_{service}",
            ticket=ticket.number,
            number=ticket.number,
            start=fields["slot_start"],
            end=fields["slot_end"],
        )
        case.say("repair.before_visit")

    async def _goods(self, case: Case, thing: str) -> tuple[str, str]:
        """Return name and category of what is meant: of the catalogue if it is ours, else the words themselves."""
        known = await catalogue.product(case.session, thing)
        if known is not None:
            return known.name, known.category
        found = await catalogue.find_products(case.session, thing, limit=1)
        return quote(thing), found[0].category if found else thing

    def _any_fault(self, message: Message) -> str | None:
        return _fault(message) or account(message.words) or narrative(message)

    async def _self_help(self, case: Case, category: str, fault: str, name: str) -> None:
        if case.get("solved") is not None:
            return
        steps = selfhelp.steps(f"{category} {name}", fault)
        if steps is None:
            return
        case.tell("repair.self_help", product=name, steps=numbered(steps.steps))
        if case.need(
            "solved",
            "repair.ask_solved",
            _solved,
            options=(Option(True, "button.solved"), Option(False, "button.unsolved")),
        ):
            await consultations.record(
                case.session,
                conversation_id=case.message.conversation,
                message_id=case.message.id,
                topic="usage_help_fault",
                answered=True,
                subject=name[:80],
                now=case.now,
            )
            case.leave(None, "repair.solved")

    async def _warranty(self, case: Case, service: str) -> tuple[str, OrderItem | None]:
        order = await proven_order(case, optional=True, ask="repair.ask_order")
        if order is None:
            return "unknown", None
        item = await item_of(case, order)
        return repair_terms.warranty_state(item, case.now), item

    def _fee(self, case: Case, service: str, warranty: str, category: str) -> None:
        """Tell the fee before anything is booked, and have it agreed to when there is one."""
        if service == "installation":
            case.tell("repair.install_fee")
            return
        if warranty == "in":
            case.tell("repair.in_warranty")
            return
        fee = repair_terms.fee_for(category)
        agreed = case.agrees(
            "fee_ok",
            f"repair.fee_{warranty}",
            yes="button.agree_fee",
            no="button.no_fee",
            amount=fee.amount,
            covers=fee.covers,
        )
        if not agreed:
            case.leave(None, "repair.fee_refused")
