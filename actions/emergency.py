"""Danger goes before everything: get safe, the emergency number, a ticket at once (§3.4)."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.case import Case
from actions.facts import ANSWERS, CONTACT
from actions.journey import Journey
from actions.known import need_address, need_phone
from actions.reading import Reader, is_question
from actions.writing import open_ticket
from bot.desk import tickets

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("gas", re.compile(r"燃气|煤气|天然气|瓦斯|液化气|漏气|煤气味")),
    ("trapped", re.compile(r"困|电梯|锁在|反锁|[出拔拿抽]不(来|出)|[卡夹](住|在|到|进)|压(住|在|着)")),
    ("shock", re.compile(r"触电|电到|电了|漏电|麻了|电击|被电|打火花|电得")),
    ("hurt", re.compile(r"伤|血|晕|昏|烫|摔|中毒|吞|骨折|呼吸|休克|抽搐|割|砸|吐|过敏|救护")),
    ("fire", re.compile(r"火|烟|燃|焦|爆|烧|糊味|鼓包|膨胀|火花")),
)


def kind_of(text: str) -> str:
    """Return which advice fits: gas, trapped, shock, hurt, fire, or general."""
    return next((name for name, pattern in _KINDS if pattern.search(text)), "general")


class EmergencyJourney(Journey):
    """Advise, raise the ticket, then ask where and whom to call."""

    form = "emergency_form"
    hard = True
    facts = ("what", "raised")
    spots: ClassVar[dict[str, Reader]] = {**CONTACT}

    def readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {**self.spots, **ANSWERS}

    async def script(self, case: Case) -> None:
        """Advise and raise the ticket before any question; contact and place are added to it."""
        number = case.get("raised")
        if number is None:
            what = case.message.words
            fields = {
                "what": what,
                "phone": case.get("phone"),
                "address": case.get("address"),
                "name": case.get("name"),
            }
            ticket = await open_ticket(case, "emergency", fields, weight="urgent")
            case.set("what", what)
            case.set("raised", ticket.number)
            case.say(f"emergency.{kind_of(what)}")
            case.say("emergency.raised", ticket=ticket.number, number=ticket.number, due=ticket.due_at)
            number = ticket.number
        elif case.message.intent == "emergency":
            case.say(f"emergency.{kind_of(case.message.words)}")
            case.answered = True
        elif is_question(case.message.words) and not self.answers(case):
            case.say(f"emergency.{kind_of(str(case.get('what')))}")
            case.answered = True
        contact = need_phone(case, "emergency.ask_phone")
        place = need_address(case)
        found = await tickets.find(case.session, number)
        if found is not None:
            added = {"phone": contact, "address": place, "name": case.get("name")}
            await tickets.add_note(
                case.session, found, who="customer", why="联系方式与地点", now=case.now, fields=added
            )
        if contact is None:
            case.say("emergency.noted_here")
        else:
            case.say("emergency.noted", phone=contact)
