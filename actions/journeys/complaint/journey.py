"""Complaint 投诉: apologise, hear it out, restate, have it confirmed, promise a time (service manual §3.2)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar

from actions.framework.answer_policy import CERTAIN, SURE
from actions.framework.case import Case, titled
from actions.framework.confirm import confirm, open_ticket
from actions.framework.journey import Journey
from actions.framework.known_facts import need_name, need_order, need_phone
from actions.framework.quoting import quote
from actions.journeys.complaint import severity
from actions.journeys.complaint.reading import (
    ABOUT_THINGS,
    MONEY,
    NAMED_FACT,
    NEW_VALUE,
    NO_ACCOUNT,
    RESTATED,
    WISHES,
    demand,
    demand_said,
    people_told,
    place_told,
    told_of,
    what_happened,
    when_said,
    where_named,
    who_named,
    wish_told,
    without_numbers,
)
from actions.reading.answers import Reader, account, complaint_wish, is_question, is_request, says_none
from actions.reading.facts import ANSWERS, CONTACT, no_order, order_number, person, product, tail_with_order
from actions.reading.times import moment, moment_said

_NAMED = re.compile(r"(是|就是|那个)?[\u4e00-\u9fff]{1,2}(店长|经理|主管|师傅|老板|站长|组长)")
"""Nothing more than who somebody is."""


class ComplaintJourney(Journey):
    """Take a complaint down and make its ticket."""

    form = "complaint_form"
    hard = True
    facts = ("what", "when", "when_said", "where", "who", "wish", "wish_said", "heat", "order_none", "confirmed")
    spots: ClassVar[dict[str, Reader]] = {
        "phone": CONTACT["phone"],
        # The complaint needs no proof of the order; a return that follows asks for it, and must not ask again.
        "digits": tail_with_order,
        "name": person,
        "order": order_number,
        "order_none": no_order,
        "product": product,
        "what": what_happened,
        "when": moment,
        "when_said": when_said,
        "where": where_named,
        "who": who_named,
        "wish": demand,
        "wish_said": demand_said,
    }
    free = frozenset({"what", "where", "who", "wish"})
    indispensable = frozenset({"what", "wish", "confirmed"})
    rules = frozenset({"order", "freight", "contact", "hours"})

    def readers(self) -> dict[str, Reader]:
        """Return how the answers are read."""
        answers = {"when": moment_said, "where": place_told, "who": people_told, "wish": wish_told}
        # Whether words are an account is for `tells` to say: a question is none.
        return {name: read for name, read in {**self.spots, **ANSWERS, **answers}.items() if name != "what"}

    def answers(self, case: Case) -> bool:
        """Take no words that answer another of these questions: customers tell them in their own order."""
        asked = case.asked if case.asked in ("where", "who", "wish") else None
        reader = told_of if case.asked == "what" else self.readers().get(asked or "")
        if reader is not None and case.message.words and not says_none(case.message) and reader(case.message) is None:
            return False
        return super().answers(case)

    def means_no_person(self, case: Case) -> bool:
        """Take a bare “刘店长” for whom it is about."""
        return _NAMED.fullmatch(case.message.bare()) is not None or super().means_no_person(case)

    async def script(self, case: Case) -> None:
        """Apologise, collect, restate, record, promise."""
        self._soothe(case)
        what = case.need("what", "complaint.ask_what", told_of)
        when = case.need("when", "complaint.ask_when", moment_said)
        case.need("where", "complaint.ask_where", place_told)
        case.need("who", "complaint.ask_who", people_told)
        wish = self._wish(case)
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
            "cause": severity.cause(what),
        }
        said = {
            "what": quote(without_numbers(what), longest=RESTATED),
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
            case, "complaint", fields, class_=severity.class_of(what), weight=severity.weight_of(what)
        )
        case.say(f"complaint.done_{ticket.weight}", ticket=ticket.number, number=ticket.number, due=ticket.due_at)

    def hears(self, case: Case) -> bool:
        """Take what goes on with the account, whatever was asked, and say so."""
        told = case.message.words
        if case.asked != "confirmed" and case.get("wish") is None and (wish := demand(case.message)) is not None:
            # “修好门框” among the questions of a complaint is what it demands, no new matter.
            case.set("wish", wish)
            case.set("wish_said", demand_said(case.message))
            return True
        if case.message.intent in NO_ACCOUNT and case.message.confidence >= SURE:
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
        name, value = NAMED_FACT.search(words), NEW_VALUE.search(words)
        if name is None or value is None or name.start() >= value.start("value"):
            return False
        slot, new = str(name.lastgroup), value["value"].strip()
        case.set(slot, (complaint_wish(replace(case.message, text=new)) or "other") if slot == "wish" else new)
        if slot in ("wish", "when"):
            case.set(f"{slot}_said", new)
        return True

    def _demands_anew(self, case: Case) -> bool:
        wish, said = demand(case.message), demand_said(case.message)
        if wish is None or (wish, said) == (case.get("wish"), case.get("wish_said")):
            return False
        case.set("wish", wish)
        case.set("wish_said", said)
        return True

    def _tell_anew(self, case: Case) -> bool:
        """Take another place or person; add to the account whatever else is told: nothing of it is lost."""
        value = NEW_VALUE.search(case.message.words)
        for slot, read in (("who", who_named), ("where", where_named)):
            if value and read(replace(case.message, text=value["value"])):
                case.set(slot, value["value"])
                return True
        told = what_happened(case.message)
        if told is None or len(case.message.bare()) <= ABOUT_THINGS:
            return False
        self._add(case, told)
        return True

    def _wish(self, case: Case) -> str:
        known = case.get("wish")
        wish = str(case.need("wish", "complaint.ask_wish", wish_told, options=WISHES))
        if known is None and case.message.words:
            case.set("wish_said", case.message.words[:60])
        return wish

    def _restated_wish(self, case: Case, wish: str) -> str | dict[str, str]:
        """Return the wish as it is restated: in the customer's own words where the choices do not say it."""
        said = case.get("wish_said")
        return quote(said) if said and (wish == "other" or MONEY.search(said)) else titled(WISHES, wish)

    def _soothe(self, case: Case) -> None:
        heat = case.get("heat") or 1
        insulted = case.message.intent == "abuse" and case.message.confidence >= CERTAIN
        now = severity.heat_of(case.message.words, insulted=insulted)
        if not case.active:
            case.set("heat", max(heat, now))
            case.tell(f"complaint.apology{max(heat, now)}")
        elif now > heat:
            case.set("heat", now)
            case.say(f"complaint.apology{now}")
