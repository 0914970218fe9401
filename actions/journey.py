"""What all journeys have in common: listening, interruptions, corrections, the way back.

To write a journey: name its form, list the facts that end with its case, list what it spots in any message, and write
its script with `case.need(…)`, `case.tell(…)`, `case.say(…)`. The form stands in `domain.yml`, the rules that begin and
end it in `data/stories/`, its phrases in `phrasebook/approved/`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any, ClassVar

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import faq, social, waiting
from actions.asides import REASONS, asks_why, doubts_question
from actions.case import REQUESTED, Case, Left, Waiting, once
from actions.desk import database
from actions.hearing import (
    BUT,
    COMPLAINS,
    CORRECTS,
    DROPS,
    EARLIER,
    GIVES_UP,
    HOW,
    NO_THANKS,
    OWN,
    PERSON_WANTED,
    TAKES_BACK,
    TURNS,
    WAITS,
)
from actions.known import amended_address, means_order, take_from_order
from actions.message import Message
from actions.reading import Reader, account, is_question, is_request, says_none, says_only_facts, yes_no
from actions.wishes import ALWAYS_LEAVE, SOCIAL, WISHES

SURE = 0.45
"""Confidence from which another wish may break into a journey."""
ASKED = 0.25
"""The same for a question or a request: whatever it wants, it answers none of ours."""
CERTAIN = 0.75
CEREMONY = frozenset({"greet", "thank", "goodbye", "ask_repeat"})
"""Courtesies that are no account of anything, if it is certain that they are meant."""
NEWEST = frozenset({"order", "ticket"})
"""Facts of which the number named last counts, without a word of correction."""


class Journey(Action, ABC):
    """A form of Rasa's whose validation is the journey's script."""

    form: ClassVar[str]
    hard: ClassVar[bool] = False
    """Whether the journey waits for the customer's return when another wish comes between."""
    facts: ClassVar[tuple[str, ...]] = ()
    """Slots that end with the case."""
    spots: ClassVar[dict[str, Reader]] = {}
    """Facts that are taken from any message of the journey, asked or not."""
    free: ClassVar[frozenset[str]] = frozenset()
    """Questions that are answered in free words."""
    consents: ClassVar[frozenset[str]] = frozenset({"confirmed"})
    """Questions that are answered with yes or no."""
    indispensable: ClassVar[frozenset[str]] = frozenset({"digits", "confirmed"})
    """Questions without whose answer the journey cannot go on."""
    rules: ClassVar[frozenset[str]] = frozenset()
    """Topics of the shop's rules that may be asked about on the way (`faq.yml`)."""

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
        if message.intent in ALWAYS_LEAVE and self.form != WISHES[message.intent] and not self._means_no_person(case):
            self._interrupt(case, WISHES[message.intent])
        says_so = message.intent == "abandon" and message.confidence >= SURE
        drops = says_so or (message.intent in TAKES_BACK and bool(DROPS.search(message.words)))
        # Where nothing but the fact itself will do, “算了，不用了” means the whole matter.
        drops = drops or (case.asked in self.indispensable - self.consents and bool(NO_THANKS.search(message.words)))
        if (self.hard and GIVES_UP.search(message.words)) or (drops and not self._declines(case)):
            case.clear("suspended", "later")
            case.leave(None, "journey.dropped")
        if self._asks_why(case):
            case.say(REASONS[str(case.asked)])
            case.answered = True
            return
        if (form := self._turned_to(case)) is not None:
            case.clear("suspended", "later")
            case.leave(form, "journey.switched")
        corrects = self._corrects(case)
        replaces = corrects and (case.asked == "confirmed" or not self._answers(case))
        if replaces and self._spot(case, overwrite=True):
            case.clear("confirmed")
            case.say("journey.corrected")
            case.answered = True
        elif self._answers(case):
            self._spot(case, overwrite=corrects)
        else:
            self._break_off(case)

    def _asks_why(self, case: Case) -> bool:
        """Tell whether the customer wants to know what the fact is needed for, rather than refusing it."""
        refuses = case.asked not in self.indispensable and says_none(case.message)
        reader = self.readers().get(case.asked or "")
        told = reader is not None and reader(case.message) is not None
        return not (refuses or told) and asks_why(case.message, case.asked)

    def _turned_to(self, case: Case) -> str | None:
        """Return the journey for which this one is given up: “算了不投诉了，直接退货吧”."""
        message = case.message
        form = WISHES.get(message.intent)
        turns = form not in (None, self.form, "progress_form") and message.confidence >= ASKED
        return form if turns and TURNS.match(message.words) else None

    def _means_no_person(self, case: Case) -> bool:
        """Tell whether a person is spoken of in an answer (“叫你们领导道歉”) rather than called for."""
        if case.message.intent != "ask_human" or PERSON_WANTED.search(case.message.words):
            return False
        reader = self.readers().get(case.asked or "")
        answers = reader is not None and reader(case.message) is not None
        return answers or case.message.confidence < CERTAIN

    def _declines(self, case: Case) -> bool:
        """Tell whether words of giving up mean the question alone: a plain “算了”, or a no to what was offered."""
        if case.asked == "confirmed":
            return False
        return case.asked in self.consents or (case.asked not in self.indispensable and len(case.message.bare()) <= 3)

    def _begin(self, case: Case) -> None:
        part = waiting.first_wish(case, hard=self.hard)
        if case.get("resumed") == case.message.id:
            case.answered = True
            return
        waiting.take_up(case)
        case.message = part
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
        if entry is None or (case.active and self._answers(case)):
            return
        await faq.tell_rule(case, entry, topic=case.message.intent)
        case.answered = True
        if not (case.active or entry.default or OWN.search(words) or case.message.entity("defect")):
            case.leave(None)

    def _corrects(self, case: Case) -> bool:
        if case.asked == "confirmed":
            return yes_no(case.message) is not True or bool(BUT.search(case.message.words))
        return case.message.intent == "correction" or (
            case.asked not in self.free and bool(CORRECTS.search(case.message.words))
        )

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
            known = case.get(slot) is not None
            # An account is not overwritten by whatever else is told; it is told anew when it is restated.
            if not known or slot in NEWEST or (overwrite and slot not in self.free):
                case.set(slot, value)
                found = True
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

    def _answers(self, case: Case) -> bool:
        """Tell whether the message answers the question asked, so that no other wish is looked for in it."""
        message, asked = case.message, case.asked or ""
        if message.intent == "complaint" and self.form != "complaint_form" and COMPLAINS.search(message.words):
            return False
        if asked in self.free and asked in self.indispensable and says_only_facts(message, names=True):
            return False
        if message.is_button:
            return message.pick(asked) is not None or message.intent in ("affirm", "deny")
        if message.entity("choice") is not None or means_order(message, asked):
            return True
        reader = self.readers().get(asked) or (yes_no if asked in self.consents else None)
        if reader is not None and reader(message) is not None:
            return True
        if (asked not in self.indispensable or asked == "digits") and says_none(message):
            return True
        return asked in self.free and self._tells(message)

    def _tells(self, message: Message) -> bool:
        """Tell whether free words are an account rather than another wish, a greeting or a question."""
        own = WISHES.get(message.intent) == self.form
        if is_question(message.words) and not (
            own and account(message.words) and not faq.rule(message.words, self.rules)
        ):
            return False
        if message.intent == "abandon" or (message.intent in TAKES_BACK and DROPS.search(message.words)):
            return False
        if message.intent in CEREMONY and message.confidence >= CERTAIN:
            return False
        if own or message.intent not in WISHES or message.confidence < SURE:
            return True
        return not is_request(message.words) or account(message.words) is not None

    def readers(self) -> dict[str, Reader]:
        """Return how the answers to this journey's questions are read."""
        return self.spots

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
        if message.intent in SOCIAL and message.confidence >= SURE and not (goods or says_only_facts(message)):
            social.answer(case, again=True)
            case.answered = True
            return
        if self.hears(case):
            case.answered = True
            return
        form = "consult_form" if goods else WISHES.get(message.intent)
        if says_only_facts(message):
            form = None  # a number alone wishes nothing, whatever it was taken for
        if message.intent in ("urge", "ticket_progress") and not self._knows_ticket(case):
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

    def _knows_ticket(self, case: Case) -> bool:
        """Tell whether there is a ticket that can be urged or asked for."""
        message = case.message
        named = message.is_button or message.entity("ticket_number") or EARLIER.search(message.words)
        return bool(named or case.get("ticket"))

    def _interrupt(self, case: Case, form: str) -> None:
        if self.hard and form != "emergency_form":
            waiting.set_aside(case, self.facts)
        if form == "emergency_form":
            case.clear("suspended", "later")
        case.leave(form)

    # The end and the way back

    def _end(self, case: Case) -> None:
        case.clear(*self.facts, "told", "misses", "resumed")
        case.set(REQUESTED, None)
        if not case.followup:
            waiting.go_on(case)
