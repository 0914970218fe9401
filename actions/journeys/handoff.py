"""A person is wanted: nobody is on duty, so a message is taken and answered at a promised time (§1, §3.1)."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.framework.case import Case
from actions.framework.confirm import open_ticket
from actions.framework.journey import Journey
from actions.framework.known_facts import need_name, need_phone
from actions.reading.answers import Reader, account, narrative
from actions.reading.facts import ANSWERS, person, phone
from actions.reading.message import Message
from bot.desk.shop.profile import shop_profile
from bot.desk.tickets import sla

_CALLS = re.compile(
    r"转?人工(客服|服务)?|真人|活人|机器人|转接?|找|叫|换|让|一?个?人(?=来|跟|和|说|接|吧|啊|$|[\s，。！!])|说话|跟我|和我|能不能|可不可以|来?行不行|会|懂|"
    r"烦死了?|一直|老是|不会打字|经理|主管|领导|老板|客服|小姐|同志|姑娘|有没有|快点?|赶紧|马上|好吗|可以"
)
"""Words that call for a person and tell nothing of the matter."""
_FOR_THEM = re.compile(r"^(我?(就|只)?(是|想|要|来)*|麻烦|帮我?)(问|咨询|打听|了解|反映|投诉|商量|谈|说)")
"""Begins what somebody is to be asked."""
_HOW_LONG = re.compile(
    r"(要|得|还)?等?(多久|多长时间|几(分钟|个?小时|天))|什么时候(能|会|才)?(回|有人|联系|打|上班|来)|啥时候|几点(能|会|上班|有人)"
)
_NAME_ALONE = 6
"""Characters of “我叫段桂英” and the like."""


def _matter(message: Message) -> str | None:
    """Take the words as a message; a name alone is none."""
    return None if person(message) and len(message.bare()) <= _NAME_ALONE else narrative(message)


class HandoffJourney(Journey):
    """Take a message for the staff."""

    form = "handoff_form"
    hard = True
    facts = ("message", "question")
    spots: ClassVar[dict[str, Reader]] = {"phone": phone, "name": person}
    free = frozenset({"message"})

    def readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {**self.spots, **ANSWERS}

    def adopt(self, case: Case) -> None:
        """Take the matter from the wish itself when it tells one: “转人工，我的发票开错了”."""
        told = account(_CALLS.sub("", case.message.words)) if case.message.intent == "ask_human" else None
        if told:
            case.set("message", case.message.words[:500])

    def hears(self, case: Case) -> bool:
        """Say when somebody answers, whoever asks how long that takes."""
        if not _HOW_LONG.search(case.message.words):
            return False
        kind = "callback" if case.get("question") is None else "consultation"
        case.say("handoff.when", due=sla.promise(kind, "general", case.now).due_at)
        return True

    def answers(self, case: Case) -> bool:
        """Take what is to be asked of a person as the message, though it could be answered here: it was wished so."""
        return (case.asked == "message" and _FOR_THEM.match(case.message.words) is not None) or super().answers(case)

    async def script(self, case: Case) -> None:
        """Say that nobody is there, ask for message and contact, promise a time."""
        asked_before = case.get("question")
        if asked_before is None:
            shop = shop_profile()
            case.tell("handoff.nobody", hours=shop.hours_text, phone=shop.phone)
        message = asked_before or case.need("message", "handoff.ask_message", _matter)
        contact = need_phone(case, "handoff.ask_phone")
        name = need_name(case)
        kind = "callback" if asked_before is None else "consultation"
        ticket = await open_ticket(case, kind, {"what": message, "name": name, "phone": contact})
        if contact is None:
            case.say("handoff.done_here", ticket=ticket.number, number=ticket.number, due=ticket.due_at)
        else:
            case.say(
                f"handoff.done_{kind}", ticket=ticket.number, number=ticket.number, due=ticket.due_at, phone=contact
            )
