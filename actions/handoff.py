"""A person is wanted: nobody is on duty, so a message is taken and answered at a promised time (§1, §3.1)."""

from __future__ import annotations

from typing import ClassVar

from actions.case import Case
from actions.journey import Journey
from actions.known import ANSWERS, need_name, need_phone, person, phone
from actions.reading import Reader, account, narrative
from actions.writing import open_ticket
from bot.desk.profile import shop_profile


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
        if case.message.intent == "ask_human" and (told := account(case.message.words)):
            case.set("message", told)

    async def script(self, case: Case) -> None:
        """Say that nobody is there, ask for message and contact, promise a time."""
        asked_before = case.get("question")
        if asked_before is None:
            shop = shop_profile()
            case.tell("handoff.nobody", hours=shop.hours_text, phone=shop.phone)
        message = asked_before or case.need("message", "handoff.ask_message", narrative)
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
