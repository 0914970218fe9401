"""A person is wanted: nobody is on duty, so a message is taken and answered at a promised time (§1, §3.1)."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.framework.acts import Act, Interpretation
from actions.framework.journey import Journey
from actions.framework.questions.confirm import open_ticket
from actions.framework.questions.contact import need_name, need_phone
from actions.framework.say import embed
from actions.framework.turn import JourneyTurn
from actions.reading.answers import Reader, account, free_text_answer
from actions.reading.facts import ANSWERS, name_in, phone_in
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


def _message_answer(message: Message) -> str | None:
    """Take the words as a message; a name alone is none."""
    return None if name_in(message) and len(message.bare()) <= _NAME_ALONE else free_text_answer(message)


class HandoffJourney(Journey):
    """Take a message for the staff."""

    form = "handoff_form"
    resumable = True
    facts = ("message", "unanswered_question")
    volunteered: ClassVar[dict[str, Reader]] = {"phone": phone_in, "name": name_in}
    free_text = frozenset({"message"})

    def answer_readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        return {**self.volunteered, **ANSWERS}

    def take_wish(self, turn: JourneyTurn) -> None:
        """Take the matter from the wish itself when it tells one: “转人工，我的发票开错了”."""
        told = account(_CALLS.sub("", turn.message.words)) if turn.message.intent == "ask_human" else None
        if told:
            turn.set("message", turn.message.words[:500])

    def remark(self, turn: JourneyTurn) -> Interpretation | None:
        """Say when somebody answers, whoever asks how long that takes."""
        if not _HOW_LONG.search(turn.message.words):
            return None
        kind = "callback" if turn.get("unanswered_question") is None else "consultation"
        due = sla.promise(kind, "general", turn.now).due_at
        return Interpretation(Act.REMARKS, phrase="handoff.when", variables={"due": due})

    def is_answer(self, turn: JourneyTurn) -> bool:
        """Take what is to be asked of a person as the message, though it could be answered here: it was wished so."""
        return (turn.asked == "message" and _FOR_THEM.match(turn.message.words) is not None) or super().is_answer(turn)

    async def script(self, turn: JourneyTurn) -> None:
        """Say that nobody is there, ask for message and contact, promise a time."""
        asked_before = turn.get("unanswered_question")
        if asked_before is None:
            shop = shop_profile()
            turn.say_once("handoff.nobody", hours=embed(shop.hours_phrase), phone=shop.phone)
        message = asked_before or turn.need("message", "handoff.ask_message", _message_answer)
        contact = need_phone(turn, "handoff.ask_phone")
        name = need_name(turn)
        kind = "callback" if asked_before is None else "consultation"
        ticket = await open_ticket(turn, kind, {"what": message, "name": name, "phone": contact})
        if contact is None:
            turn.say("handoff.done_here", ticket=ticket.number, number=ticket.number, due=ticket.due_at)
        else:
            turn.say(
                f"handoff.done_{kind}", ticket=ticket.number, number=ticket.number, due=ticket.due_at, phone=contact
            )
