"""What all journeys have in common: listening, interruptions, corrections, the way back.

To write a journey: name its form, list the facts that end with its case, list what it spots in any message, and write
its script with `case.need(…)`, `case.tell(…)`, `case.say(…)`. The form stands in `domain.yml`, the rules that begin and
end it in `data/stories/`, its phrases in `phrasebook/approved/`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.framework import courtesies, faq, journey_stack
from actions.framework.answer_policy import ASKED, SURE, Questions
from actions.framework.ask_back import REASONS, doubts_question
from actions.framework.case import REQUESTED, Case, Left, Waiting, once
from actions.framework.intents import ALWAYS_LEAVE, SOCIAL, WISHES
from actions.framework.known_facts import take_from_order
from actions.framework.records import database
from actions.reading.answers import LETS_BE, NOT_SAID, PROTESTS, is_question, is_request, says_only_facts
from actions.reading.facts import amended_address, introduces
from actions.reading.turns_of_speech import DROPS, GIVES_UP, HOW, NO_THANKS, OTHER_ORDER, OWN, TAKES_BACK, WAITS

NEWEST = frozenset({"order", "ticket"})
"""Facts of which the number named last counts, without a word of correction."""


class Journey(Questions, Action, ABC):
    """A form of Rasa's whose validation is the journey's script."""

    def name(self) -> str:
        """Return the name under which Rasa's form calls the journey."""
        return f"validate_{self.form}"

    @abstractmethod
    async def script(self, case: Case) -> None:
        """Go through the journey: ask for what is missing, do what is to be done.

        Raises:
            Waiting: a question was asked.
            Left: the journey ends without its result.
        """

    def adopt(self, case: Case) -> None:
        """Take over what the wish itself tells, at the beginning and when it is told anew."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[Any]:
        """Run the script for one message, in one transaction."""
        async with database().session() as session:
            case = Case(dispatcher, tracker, session, form=self.form, indispensable=self.indispensable)
            return await once(case, self.name(), self._turn)

    async def _turn(self, case: Case) -> list[Any]:
        try:
            with suppress(Left):
                self._listen(case)
                await take_from_order(case)
                await self._tell_rule(case)
                await self.script(case)
        except Waiting:
            return case.events(done=False)
        self._end(case)
        return case.events(done=True)

    # Listening

    def _listen(self, case: Case) -> None:
        message = case.message
        if not case.active:
            self._begin(case)
            return
        if message.intent in ALWAYS_LEAVE and self.form != WISHES[message.intent] and not self.means_no_person(case):
            self._interrupt(case, WISHES[message.intent])
        says_so = message.intent == "abandon" and message.confidence >= SURE
        drops = says_so or (message.intent in TAKES_BACK and bool(DROPS.search(message.words)))
        # Where nothing but the fact itself will do, “算了，不用了” means the whole matter.
        drops = drops or (case.asked in self.indispensable - self.consents and bool(NO_THANKS.search(message.words)))
        drops = drops or (case.asked == "confirmed" and LETS_BE.match(message.bare()) is not None)
        if (self.hard and GIVES_UP.search(message.words)) or (drops and not self.declines(case)):
            case.clear("suspended", "later")
            case.leave(None, "journey.dropped")
        if self.wants_reason(case):
            case.say(REASONS[str(case.asked)])
            case.answered = True
            return
        if (form := self.turned_to(case)) is not None:
            case.clear("suspended", "later")
            case.leave(form, "journey.switched")
        corrects = self.corrects(case)
        replaces = corrects and (case.asked == "confirmed" or not self.answers(case))
        if replaces and self._spot(case, overwrite=True):
            case.clear("confirmed")
            case.say("journey.corrected")
            case.answered = True
        elif self.answers(case):
            self._spot(case, overwrite=corrects)
        else:
            self._break_off(case)

    def _begin(self, case: Case) -> None:
        part = journey_stack.first_wish(case, hard=self.hard)
        if case.get("resumed") == case.message.id:
            case.answered = True
            return
        journey_stack.take_up(case)
        case.message = part
        if OTHER_ORDER.search(part.words) and part.entity("order_number") is None:
            case.clear("order")
        self.adopt(case)
        self._spot(case, overwrite=True)

    async def _tell_rule(self, case: Case) -> None:
        """Answer a question on the shop's rules; the journey goes on when the customer has a matter of their own.

        Raises:
            Left: nothing but the rule was asked for.
        """
        words = case.message.words
        served = case.answered if case.active else case.get("resumed") == case.message.id
        entry = faq.rule(words, self.rules) if is_question(words) and not served else None
        if entry is None or (case.active and self.answers(case)):
            return
        await faq.tell_rule(case, entry, topic=case.message.intent)
        case.answered = True
        if not (case.active or entry.default or OWN.search(words) or case.message.entity("defect")):
            case.leave(None)

    def _spot(self, case: Case, *, overwrite: bool = False) -> bool:
        """Take facts from the message; tell whether there were any."""
        found = False
        for slot, read in self.spots.items():
            if (slot == case.asked and not overwrite) or (slot == "order" and case.asked == "phone"):
                continue
            value = read(case.message)
            if slot == "address" and overwrite and case.get(slot) and not case.message.is_button:
                value = amended_address(str(case.get(slot)), case.message.words, value)
            if value is None or value == case.get(slot):
                continue
            known = case.get(slot) not in (None, NOT_SAID)
            # An account is not overwritten by whatever else is told; it is told anew when it is restated.
            newest = slot in NEWEST or (slot == "name" and introduces(case.message))
            if not known or newest or (overwrite and slot not in self.free):
                case.set(slot, value)
                found = True
                if slot == "wished":
                    # Another time wished takes the place of the one chosen.
                    case.clear("slot")
        return found or (overwrite and case.asked == "confirmed" and self._tell_anew(case))

    def _tell_anew(self, case: Case) -> bool:
        """Take a new account after the restatement was not agreed to; a bare “不对” is none."""
        if len(case.message.bare()) <= 3:
            return False
        for slot in self.free & set(self.spots):
            value = self.spots[slot](case.message)
            if value is not None and value != case.get(slot):
                case.set(slot, value)
                return True
        return False

    # Interruptions

    def _break_off(self, case: Case) -> None:
        """Serve what came instead of an answer: a courtesy, another wish, facts asked for later."""
        message = case.message
        if WAITS.search(message.words):
            case.say("social.take_your_time")
            case.answered = True
            return
        if doubts_question(message):
            if (reason := REASONS.get(str(case.asked))) is not None:
                case.say(reason)
            else:
                case.say("journey.why")
            case.answered = True
            return
        if is_question(message.words) and faq.rule(message.words, self.rules):
            return
        goods = message.intent == "out_of_scope" and message.entity("product") is not None
        argues = message.intent == "ask_repeat" and bool(PROTESTS.search(message.words))
        courtesy = message.intent in SOCIAL and message.confidence >= SURE
        if courtesy and not (goods or argues or says_only_facts(message)):
            courtesies.answer(case, again=True)
            case.answered = True
            return
        if self.hears(case):
            case.answered = True
            return
        form = "consult_form" if goods else WISHES.get(message.intent)
        if says_only_facts(message) or self.means_no_person(case):
            form = None  # a number alone wishes nothing, whatever it was taken for
        if message.intent in ("urge", "ticket_progress") and not self.knows_ticket(case):
            if not HOW.search(message.words):
                case.say("social.hurry")
            case.answered = True
            return
        needed = ASKED if is_question(message.words) or is_request(message.words) else SURE
        sure = message.is_button or message.confidence >= needed
        if form == self.form and sure:
            before = dict(case.slots)
            self.adopt(case)
            case.answered = case.answered or case.slots != before
        elif form is not None and sure:
            self._interrupt(case, form)
        if self._spot(case):
            case.answered = True

    def hears(self, case: Case) -> bool:
        """Take what is told beside the question asked; tell whether there was anything of the kind."""
        return False

    def comes_back(self, case: Case) -> bool:
        """Tell whether the journey is gone back to when another wish comes between."""
        return self.hard

    def _interrupt(self, case: Case, form: str) -> None:
        if self.comes_back(case) and form != "emergency_form":
            journey_stack.set_aside(case, self.facts)
        if form == "emergency_form":
            case.clear("suspended", "later")
        case.leave(form)

    # The end and the way back

    def _end(self, case: Case) -> None:
        case.clear(*self.facts, "told", "misses", "resumed")
        case.set(REQUESTED, None)
        if not case.followup:
            journey_stack.go_on(case)
