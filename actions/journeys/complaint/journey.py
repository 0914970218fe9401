"""Complaint 投诉: apologise, hear it out, restate, have it confirmed, promise a time (service manual §3.2)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar

from actions.framework.acts import Act, Interpretation
from actions.framework.answer import title_of
from actions.framework.answer_policy import CERTAIN, SURE
from actions.framework.journey import Journey
from actions.framework.questions.confirm import confirm, open_ticket
from actions.framework.questions.contact import need_name, need_phone
from actions.framework.questions.order import need_order
from actions.framework.quoting import quote, restated
from actions.framework.turn import JourneyTurn
from actions.journeys.complaint import severity
from actions.journeys.complaint.reading import (
    ABOUT_THINGS,
    DEMANDS,
    MONEY,
    NAMED_FACT,
    NEW_VALUE,
    NO_ACCOUNT,
    RESTATED,
    account_answer,
    account_in,
    demand_words_in,
    demanded_wish_answer,
    demanded_wish_in,
    past_time_words_in,
    person_concerned_answer,
    person_concerned_in,
    place_answer,
    place_in,
    without_numbers,
)
from actions.reading.answers import Reader, account, complaint_wish_in, is_question, is_request, says_none
from actions.reading.facts import ANSWERS, CONTACT, digits_in, name_in, no_order_in, order_number_in, product_in
from actions.reading.message import Message
from actions.reading.times import past_moment_answer, past_moment_in

_NAMED = re.compile(r"(是|就是|那个)?[\u4e00-\u9fff]{1,2}(店长|经理|主管|师傅|老板|站长|组长)")
"""Nothing more than who somebody is."""


class ComplaintJourney(Journey):
    """Take a complaint down and make its ticket."""

    form = "complaint_form"
    resumable = True
    facts = ("what", "when", "when_said", "where", "who", "wish", "wish_said", "anger_level", "no_order", "confirmed")
    volunteered: ClassVar[dict[str, Reader]] = {
        "phone": CONTACT["phone"],
        # The complaint needs no proof of the order; a return that follows asks for it, and must not ask again.
        "digits": digits_in,
        "name": name_in,
        "order": order_number_in,
        "no_order": no_order_in,
        "product": product_in,
        "what": account_in,
        "when": past_moment_in,
        "when_said": past_time_words_in,
        "where": place_in,
        "who": person_concerned_in,
        "wish": demanded_wish_in,
        "wish_said": demand_words_in,
    }
    free_text = frozenset({"what", "where", "who", "wish"})
    required = frozenset({"what", "wish", "confirmed"})
    faq_topics = frozenset({"order", "freight", "contact", "hours"})

    def answer_readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        answers = {
            "when": past_moment_answer,
            "where": place_answer,
            "who": person_concerned_answer,
            "wish": demanded_wish_answer,
        }
        # Whether words are an account is for `tells` to say: a question is none.
        return {name: read for name, read in {**self.volunteered, **ANSWERS, **answers}.items() if name != "what"}

    def is_answer(self, turn: JourneyTurn) -> bool:
        """Take no words that answer another of these questions: customers tell them in their own order."""
        asked = turn.asked if turn.asked in ("where", "who", "wish") else None
        reader = account_answer if turn.asked == "what" else self.answer_readers().get(asked or "")
        if reader is not None and turn.message.words and not says_none(turn.message) and reader(turn.message) is None:
            return False
        return super().is_answer(turn)

    def only_mentions_person(self, turn: JourneyTurn) -> bool:
        """Take a bare “刘店长” for whom it is about."""
        return _NAMED.fullmatch(turn.message.bare()) is not None or super().only_mentions_person(turn)

    async def script(self, turn: JourneyTurn) -> None:
        """Apologise, collect, restate, record, promise."""
        self._apologise(turn)
        what = turn.need("what", "complaint.ask_what", account_answer)
        when = turn.need("when", "complaint.ask_when", past_moment_answer)
        turn.need("where", "complaint.ask_where", place_answer)
        turn.need("who", "complaint.ask_who", person_concerned_answer)
        wish = self._wish(turn)
        order = need_order(turn, "complaint.ask_order")
        name = need_name(turn)
        phone = need_phone(turn)
        fields = {
            "what": what,
            "when": when,
            "where": turn.get("where"),
            "who": turn.get("who"),
            "wish": wish,
            "wish_said": turn.get("wish_said"),
            "order": order,
            "product": turn.get("product"),
            "name": name,
            "phone": phone,
            "cause": severity.cause(what),
        }
        said = {
            "what": quote(without_numbers(what), longest=RESTATED),
            "when": restated(turn.get("when_said") or when),
            "where": restated(turn.get("where")),
            "who": restated(turn.get("who")),
            "wish": self._restated_wish(turn, wish),
        }
        if phone is None:
            confirm(turn, "complaint.restate_without_phone", **said)
        else:
            confirm(turn, "complaint.restate", phone=phone, **said)
        ticket = await open_ticket(
            turn, "complaint", fields, class_=severity.class_of(what), weight=severity.weight_of(what)
        )
        turn.say(f"complaint.done_{ticket.weight}", ticket=ticket.number, number=ticket.number, due=ticket.due_at)

    def remark(self, turn: JourneyTurn) -> Interpretation | None:
        """Read what goes on with the account, whatever was asked."""
        message, told = turn.message, turn.message.words
        demanded = demanded_wish_in(message) if turn.asked != "confirmed" and turn.get("wish") is None else None
        if demanded is not None:
            # “修好门框” among the questions of a complaint is what it demands, no new matter.
            return Interpretation(Act.REMARKS, facts={"wish": demanded, "wish_said": demand_words_in(message)})
        if message.intent in NO_ACCOUNT and message.confidence >= SURE:
            return None
        if turn.get("what") is None or is_question(told) or is_request(told) or account(told) is None:
            return None
        return Interpretation(Act.REMARKS, facts={"what": self._more(turn, told)}, phrase="complaint.noted")

    @staticmethod
    def _more(turn: JourneyTurn, told: str) -> str:
        return f"{turn.get('what')}；{told}"[:500]

    def facts_in(self, turn: JourneyTurn, *, overwrite: bool = False) -> dict[str, Any]:
        """Read what is corrected in the restatement: a fact named, a new demand; else whatever is told."""
        if overwrite and turn.asked == "confirmed":
            corrected = self._named_fact(turn.message) or self._new_demand(turn)
            if corrected:
                return corrected
        return super().facts_in(turn, overwrite=overwrite)

    @staticmethod
    def _named_fact(message: Message) -> dict[str, Any]:
        name, value = NAMED_FACT.search(message.words), NEW_VALUE.search(message.words)
        if name is None or value is None or name.start() >= value.start("value"):
            return {}
        slot, new = str(name.lastgroup), value["value"].strip()
        if slot == "wish":
            return {"wish": complaint_wish_in(replace(message, text=new)) or "other", "wish_said": new}
        return {"when": new, "when_said": new} if slot == "when" else {slot: new}

    @staticmethod
    def _new_demand(turn: JourneyTurn) -> dict[str, Any]:
        wish, said = demanded_wish_in(turn.message), demand_words_in(turn.message)
        if wish is None or (wish, said) == (turn.get("wish"), turn.get("wish_said")):
            return {}
        return {"wish": wish, "wish_said": said}

    def retold_facts(self, turn: JourneyTurn) -> dict[str, Any]:
        """Read another place or person; add to the account whatever else is told: nothing of it is lost."""
        value = NEW_VALUE.search(turn.message.words)
        for slot, read in (("who", person_concerned_in), ("where", place_in)):
            if value and read(replace(turn.message, text=value["value"])):
                return {slot: value["value"]}
        told = account_in(turn.message)
        if told is None or len(turn.message.bare()) <= ABOUT_THINGS:
            return {}
        return {"what": self._more(turn, told)}

    def _wish(self, turn: JourneyTurn) -> str:
        known = turn.get("wish")
        wish = str(turn.need("wish", "complaint.ask_wish", demanded_wish_answer, choices=DEMANDS))
        if known is None and turn.message.words:
            turn.set("wish_said", turn.message.words[:60])
        return wish

    def _restated_wish(self, turn: JourneyTurn, wish: str) -> str | dict[str, Any]:
        """Return the wish as it is restated: in the customer's own words where the choices do not say it."""
        said = turn.get("wish_said")
        return quote(said) if said and (wish == "other" or MONEY.search(said)) else title_of(DEMANDS, wish)

    def _apologise(self, turn: JourneyTurn) -> None:
        known = int(turn.get("anger_level") or 1)
        insulted = turn.message.intent == "abuse" and turn.message.confidence >= CERTAIN
        now = severity.anger_level_of(turn.message.words, insulted=insulted)
        if turn.begins:
            turn.set("anger_level", max(known, now))
            turn.say_once(f"complaint.apology{max(known, now)}")
        elif now > known:
            turn.set("anger_level", now)
            turn.say(f"complaint.apology{now}")
