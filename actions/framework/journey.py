"""What all journeys have in common: listening, interruptions, corrections, the way back.

To write a journey: name its form, list the facts that end with it and those that are read from any message, and write
its script with `turn.need(…)`, `turn.say_once(…)`, `turn.say(…)`. The form stands in `domain.yml`, the rules that
begin and end it in `data/stories/`, its phrases in `phrasebook/approved/`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.framework import courtesies, faq, journey_stack
from actions.framework.answer_policy import ASKED, SURE, AnswerPolicy
from actions.framework.ask_back import REASONS, doubts_any_question
from actions.framework.intents import ALWAYS_LEAVE, SOCIAL, WISHES
from actions.framework.known_facts import take_contact_from_order
from actions.framework.records import database
from actions.framework.turn import REQUESTED, AwaitingAnswer, JourneyEnded, JourneyTurn, run_once
from actions.reading.answers import LETS_BE, NOT_SAID, PROTESTS, is_question, is_request, says_only_facts
from actions.reading.facts import amended_address, introduces_name
from actions.reading.turns_of_speech import DROPS, GIVES_UP, HOW, NO_THANKS, OTHER_ORDER, OWN, TAKES_BACK, WAITS

NEWEST = frozenset({"order", "ticket"})
"""Facts of which the number named last counts, without a word of correction."""


class Journey(AnswerPolicy, Action, ABC):
    """A form of Rasa's whose validation is the journey's script."""

    def name(self) -> str:
        """Return the name under which Rasa's form calls the journey."""
        return f"validate_{self.form}"

    @abstractmethod
    async def script(self, turn: JourneyTurn) -> None:
        """Go through the journey: ask for what is missing, do what is to be done.

        Raises:
            AwaitingAnswer: a question was asked.
            JourneyEnded: the journey ends without its result.
        """

    def take_wish(self, turn: JourneyTurn) -> None:
        """Take over what the wish itself tells, at the beginning and when it is told anew."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[Any]:
        """Run the script for one message, in one transaction."""
        async with database().session() as session:
            turn = JourneyTurn(dispatcher, tracker, session, form=self.form, required=self.required)
            return await run_once(turn, self.name(), self._turn)

    async def _turn(self, turn: JourneyTurn) -> list[Any]:
        try:
            with suppress(JourneyEnded):
                self._hear(turn)
                await take_contact_from_order(turn)
                await self._tell_rule(turn)
                await self.script(turn)
        except AwaitingAnswer:
            return turn.events(done=False)
        self._end(turn)
        return turn.events(done=True)

    # Listening

    def _hear(self, turn: JourneyTurn) -> None:
        message = turn.message
        if not turn.active:
            self._begin(turn)
            return
        if (
            message.intent in ALWAYS_LEAVE
            and self.form != WISHES[message.intent]
            and not self.only_mentions_person(turn)
        ):
            self._interrupt(turn, WISHES[message.intent])
        says_so = message.intent == "abandon" and message.confidence >= SURE
        drops = says_so or (message.intent in TAKES_BACK and bool(DROPS.search(message.words)))
        # Where nothing but the fact itself will do, “算了，不用了” means the whole matter.
        drops = drops or (turn.asked in self.required - self.consents and bool(NO_THANKS.search(message.words)))
        drops = drops or (turn.asked == "confirmed" and LETS_BE.match(message.bare()) is not None)
        if (self.resumable and GIVES_UP.search(message.words)) or (drops and not self.declines_question(turn)):
            turn.clear("suspended_journeys", "pending_wishes")
            turn.leave(None, "journey.dropped")
        if self.asks_reason(turn):
            turn.say(REASONS[str(turn.asked)])
            turn.answered = True
            return
        if (form := self.form_switched_to(turn)) is not None:
            turn.clear("suspended_journeys", "pending_wishes")
            turn.leave(form, "journey.switched")
        is_correction = self.is_correction(turn)
        replaces = is_correction and (turn.asked == "confirmed" or not self.is_answer(turn))
        if replaces and self._take_volunteered(turn, overwrite=True):
            turn.clear("confirmed")
            turn.say("journey.corrected")
            turn.answered = True
        elif self.is_answer(turn):
            self._take_volunteered(turn, overwrite=is_correction)
        else:
            self._break_off(turn)

    def _begin(self, turn: JourneyTurn) -> None:
        part = journey_stack.own_part(turn, resumable=self.resumable)
        if turn.get("resumed_message") == turn.message.id:
            turn.answered = True
            return
        journey_stack.resume_same_form(turn)
        turn.message = part
        if OTHER_ORDER.search(part.words) and part.entity("order_number") is None:
            turn.clear("order")
        self.take_wish(turn)
        self._take_volunteered(turn, overwrite=True)

    async def _tell_rule(self, turn: JourneyTurn) -> None:
        """Answer a question on the shop's rules; the journey goes on when the customer has a matter of their own.

        Raises:
            JourneyEnded: nothing but the rule was asked for.
        """
        words = turn.message.words
        served = turn.answered if turn.active else turn.get("resumed_message") == turn.message.id
        entry = faq.rule(words, self.faq_topics) if is_question(words) and not served else None
        if entry is None or (turn.active and self.is_answer(turn)):
            return
        await faq.tell_rule(turn, entry, topic=turn.message.intent)
        turn.answered = True
        if not (turn.active or entry.default or OWN.search(words) or turn.message.entity("defect")):
            turn.leave(None)

    def _take_volunteered(self, turn: JourneyTurn, *, overwrite: bool = False) -> bool:
        """Take facts from the message; tell whether there were any."""
        found = False
        for slot, read in self.volunteered.items():
            if (slot == turn.asked and not overwrite) or (slot == "order" and turn.asked == "phone"):
                continue
            value = read(turn.message)
            if slot == "address" and overwrite and turn.get(slot) and not turn.message.is_button:
                value = amended_address(str(turn.get(slot)), turn.message.words, value)
            if value is None or value == turn.get(slot):
                continue
            known = turn.get(slot) not in (None, NOT_SAID)
            # An account is not overwritten by whatever else is told; it is told anew when it is restated.
            newest = slot in NEWEST or (slot == "name" and introduces_name(turn.message))
            if not known or newest or (overwrite and slot not in self.free_text):
                turn.set(slot, value)
                found = True
                if slot == "visit_time":
                    # Another time wished takes the place of the one chosen.
                    turn.clear("service_slot")
        return found or (overwrite and turn.asked == "confirmed" and self._retell(turn))

    def _retell(self, turn: JourneyTurn) -> bool:
        """Take a new account after the restatement was not agreed to; a bare “不对” is none."""
        if len(turn.message.bare()) <= 3:
            return False
        for slot in self.free_text & set(self.volunteered):
            value = self.volunteered[slot](turn.message)
            if value is not None and value != turn.get(slot):
                turn.set(slot, value)
                return True
        return False

    # Interruptions

    def _break_off(self, turn: JourneyTurn) -> None:
        """Serve what came instead of an answer: a courtesy, another wish, facts asked for later."""
        message = turn.message
        if WAITS.search(message.words):
            turn.say("social.take_your_time")
            turn.answered = True
            return
        if doubts_any_question(message):
            if (reason := REASONS.get(str(turn.asked))) is not None:
                turn.say(reason)
            else:
                turn.say("journey.why")
            turn.answered = True
            return
        if is_question(message.words) and faq.rule(message.words, self.faq_topics):
            return
        goods = message.intent == "out_of_scope" and message.entity("product") is not None
        argues = message.intent == "ask_repeat" and bool(PROTESTS.search(message.words))
        courtesy = message.intent in SOCIAL and message.confidence >= SURE
        if courtesy and not (goods or argues or says_only_facts(message)):
            courtesies.say_courtesy(turn, again=True)
            turn.answered = True
            return
        if self.take_remark(turn):
            turn.answered = True
            return
        form = "consult_form" if goods else WISHES.get(message.intent)
        if says_only_facts(message) or self.only_mentions_person(turn):
            form = None  # a number alone wishes nothing, whatever it was taken for
        if message.intent in ("urge", "ticket_progress") and not self.refers_to_ticket(turn):
            if not HOW.search(message.words):
                turn.say("social.hurry")
            turn.answered = True
            return
        needed = ASKED if is_question(message.words) or is_request(message.words) else SURE
        sure = message.is_button or message.confidence >= needed
        if form == self.form and sure:
            before = dict(turn.slots)
            self.take_wish(turn)
            turn.answered = turn.answered or turn.slots != before
        elif form is not None and sure:
            self._interrupt(turn, form)
        if self._take_volunteered(turn):
            turn.answered = True

    def take_remark(self, turn: JourneyTurn) -> bool:
        """Take what is told beside the question asked; tell whether there was anything of the kind."""
        return False

    def is_resumable(self, turn: JourneyTurn) -> bool:
        """Tell whether the journey is gone back to when another wish comes between."""
        return self.resumable

    def _interrupt(self, turn: JourneyTurn, form: str) -> None:
        if self.is_resumable(turn) and form != "emergency_form":
            journey_stack.suspend(turn, self.facts)
        if form == "emergency_form":
            turn.clear("suspended_journeys", "pending_wishes")
        turn.leave(form)

    # The end and the way back

    def _end(self, turn: JourneyTurn) -> None:
        turn.clear(*self.facts, "said_phrases", "misses", "resumed_message")
        turn.set(REQUESTED, None)
        if not turn.followup:
            journey_stack.begin_next(turn)
