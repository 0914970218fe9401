"""Danger goes before everything: get safe, the emergency number, a ticket at once (§3.4)."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.framework.answer_policy import SURE
from actions.framework.intents import FORM_OF_INTENT
from actions.framework.journey import Journey
from actions.framework.questions.confirm import open_ticket
from actions.framework.questions.contact import need_address, need_phone
from actions.framework.turn import JourneyTurn
from actions.reading.answers import NOT_SAID, Reader, is_question, says_none
from actions.reading.facts import ANSWERS, CONTACT
from bot.desk.tickets import bounds, tickets

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("gas", re.compile(r"燃气|煤气|天然气|瓦斯|液化气|漏气|煤气味")),
    ("trapped", re.compile(r"困|电梯|锁在|反锁|[出拔拿抽]不(来|出)|[卡夹](住|在|到|进)|压(住|在|着)")),
    ("shock", re.compile(r"触电|电到|电了|漏电|麻了|电击|被电|电得")),
    ("fire", re.compile(r"鼓包|膨胀|火花|火星|冒[^，。,.]{0,3}烟|着火|起火")),
    ("hurt", re.compile(r"伤|血|晕|昏|烫|摔|中毒|吞|骨折|呼吸|休克|抽搐|割|砸|吐|过敏|救护")),
    ("fire", re.compile(r"火|烟|燃|焦|爆|烧|糊味|鼓包|膨胀|火花")),
)


_ALL_CLEAR = re.compile(
    r"没(有|再)?(着|起)火|没(有|再)?冒(烟|火)|没(有|再)?漏(气|电)?(?=$|[，。,.!！\s了])|没(有)?触电|不是(着火|起火|漏气|漏电|触电|火灾)|没(有)?危险|误会|虚惊|没事了|火(已经)?灭了"
)
"""The danger is over, or was none."""
_NO_PHONE = re.compile(r"电话|手机|号码?|不(方便|想|便)|不(留|给|说|告诉)")
"""What a refusal to leave a phone speaks of; “没人受伤” is none."""


def kind_of(text: str) -> str:
    """Return which advice fits: gas, trapped, shock, hurt, fire, or general."""
    return next((name for name, pattern in _KINDS if pattern.search(text)), "general")


class EmergencyJourney(Journey):
    """Advise, raise the ticket, then ask where and whom to call."""

    form = "emergency_form"
    resumable = True
    urgent = True
    facts = ("what", "emergency_ticket")
    required = frozenset()
    volunteered: ClassVar[dict[str, Reader]] = {**CONTACT}

    def answer_readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {**self.volunteered, **ANSWERS}

    async def script(self, turn: JourneyTurn) -> None:
        """Advise and raise the ticket before any question; contact and place are added to it."""
        number = turn.get("emergency_ticket")
        if number is None:
            number = await self._raise(turn)
        else:
            await self._go_on(turn, str(number))
        await self._note(turn, str(number))
        contact = need_phone(turn, "emergency.ask_phone")
        await self._note(turn, str(number))
        need_address(turn)
        await self._note(turn, str(number))
        if contact is None:
            turn.say("emergency.noted_here")
        else:
            turn.say("emergency.noted", phone=contact)

    async def _raise(self, turn: JourneyTurn) -> str:
        """Raise a ticket, or add to the one of this conversation: staff must not look in two places."""
        what = turn.message.words
        known = await bounds.open_emergency(turn.session, turn.message.conversation, now=turn.now)
        if known is not None:
            await self._add(turn, known.number, why=f"客户再次说到险情：{what[:200]}", told=what)
        fields = {"what": what, "phone": turn.get("phone"), "address": turn.get("address"), "name": turn.get("name")}
        ticket = known or await open_ticket(turn, "emergency", fields, weight="urgent")
        turn.set("what", what)
        turn.set("emergency_ticket", ticket.number)
        turn.say(f"emergency.{kind_of(what)}")
        told = "emergency.raised" if known is None else "emergency.raised_already"
        turn.say(told, ticket=ticket.number, number=ticket.number, due=ticket.due_at)
        return ticket.number

    async def _go_on(self, turn: JourneyTurn, number: str) -> None:
        """Hear what is told of the danger before anything else is asked.

        Raises:
            JourneyEnded: there is no danger any more.
        """
        message = turn.message
        words = message.words
        if message.intent == "emergency":
            await self._add(turn, number, why=f"客户再次说到险情：{words[:200]}", told=words)
            turn.say(f"emergency.{kind_of(words)}")
            turn.consume_message()
        elif is_question(words) and not self.is_answer(turn):
            turn.say(f"emergency.{kind_of(str(turn.get('what')))}")
            turn.consume_message()
        elif _ALL_CLEAR.search(words):
            await self._add(turn, number, why="客户说已没有危险", told=words)
            form = FORM_OF_INTENT.get(message.intent)
            if message.confidence >= SURE and form not in (None, self.form):
                turn.continue_with(str(form), "emergency.all_clear")
            turn.end("emergency.all_clear")
        elif turn.asked == "phone" and says_none(message) and not _NO_PHONE.search(words):
            await self._add(turn, number, why="客户补充", told=words)
            turn.consume_message()

    async def _add(self, turn: JourneyTurn, number: str, *, why: str, told: str) -> None:
        ticket = await tickets.find(turn.session, number)
        if ticket is not None:
            what = "；".join(filter(None, (ticket.fields.get("what"), told)))[:1000]
            await tickets.add_note(turn.session, ticket, who="customer", why=why, now=turn.now, fields={"what": what})

    async def _note(self, turn: JourneyTurn, number: str) -> None:
        """Write a contact into the ticket as soon as it is known: somebody may be on the way to it."""
        ticket = await tickets.find(turn.session, number)
        told = {"phone": turn.get("phone"), "address": turn.get("address"), "name": turn.get("name")}
        fresh = {
            slot: value
            for slot, value in told.items()
            if value not in (None, NOT_SAID) and ticket is not None and ticket.fields.get(slot) != value
        }
        if fresh and ticket is not None:
            await tickets.add_note(
                turn.session, ticket, who="customer", why="联系方式与地点", now=turn.now, fields=fresh
            )
