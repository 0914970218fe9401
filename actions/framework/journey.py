"""What all journeys have in common: how a turn goes, interruptions, the end and the way back.

To write a journey: name its form, list the facts that end with it and those that are read from any message, and write
its script with `turn.need(…)`, `turn.say_once(…)`, `turn.say(…)`. The form stands in `domain.yml`, the rules that
begin and interrupt it in `data/stories/`, its phrases in `phrasebook/approved/`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any, ClassVar

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.framework import faq, journey_stack
from actions.framework.acts import Act, Interpretation
from actions.framework.answer_policy import AnswerPolicy
from actions.framework.interpretation import interpret
from actions.framework.outcome import AwaitingAnswer, JourneyEnded
from actions.framework.questions.contact import take_contact_from_order
from actions.framework.records import database
from actions.framework.run_once import run_once
from actions.framework.turn import JourneyTurn
from actions.reading.answers import is_question
from actions.reading.turns_of_speech import OTHER_ORDER, OWN


class MessageRejected(Exception):  # noqa: N818 - no error: the way a form leaves a message to the rules
    """Raised when a rule of `data/stories/interruptions.yml` is to answer the message."""


class Journey(AnswerPolicy, Action, ABC):
    """A form of Rasa's whose validation is the journey's script."""

    urgent: ClassVar[bool] = False
    """Whether the journey drops whatever it interrupts."""
    by_form: ClassVar[dict[str, type[Journey]]] = {}
    """All journeys, by the names of their forms."""

    def __init_subclass__(cls) -> None:
        """Enter the journey into the list of all."""
        super().__init_subclass__()
        cls.by_form[cls.form] = cls

    def name(self) -> str:
        """Return the name under which Rasa's form calls the journey."""
        return f"validate_{self.form}"

    @abstractmethod
    async def script(self, turn: JourneyTurn) -> None:
        """Go through the journey: ask for what is missing, do what is to be done.

        Raises:
            AwaitingAnswer: a question was asked.
            JourneyEnded: the journey ends before the end of its script.
        """

    def take_wish(self, turn: JourneyTurn) -> None:
        """Take over what the wish itself tells, at the beginning and when it is told anew."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[Any]:
        """Run the script for one message, in one transaction.

        Returns:
            the events of the turn; none when the form rejects the message.
        """
        async with database().session() as session:
            turn = JourneyTurn(dispatcher, tracker, session, form=self.form, required=self.required)
            return await run_once(turn, self.name(), self._run)

    async def _run(self, turn: JourneyTurn) -> list[Any]:
        try:
            with suppress(JourneyEnded):
                if turn.begins:
                    await self._begin(turn)
                elif not turn.outcome.message_consumed:
                    await self._hear(turn)
                await take_contact_from_order(turn)
                await self.script(turn)
        except MessageRejected:
            return []
        except AwaitingAnswer:
            return turn.events()
        self._finish(turn)
        return turn.events()

    # The beginning

    async def _begin(self, turn: JourneyTurn) -> None:
        self._put_aside_open_journey(turn)
        part = journey_stack.own_part(turn, resumable=self.resumable)
        if turn.get("resumed_message") == turn.message.id:
            turn.consume_message()
            return
        journey_stack.resume_same_form(turn)
        turn.message = part
        if OTHER_ORDER.search(part.words) and part.entity("order_number") is None:
            turn.clear("order")
        self.take_wish(turn)
        turn.set_all(self.facts_in(turn, overwrite=True))
        await self._answer_question_on_rules(turn)

    def _put_aside_open_journey(self, turn: JourneyTurn) -> None:
        """Suspend or drop the journey that a rule has interrupted for this one."""
        if turn.open_form in (None, self.form):
            return
        other = self.by_form[str(turn.open_form)]()
        if self.urgent:
            journey_stack.forget_waiting(turn)
        elif other.is_resumable(turn):
            journey_stack.suspend(turn, other.form, other.facts)
        turn.clear(*other.facts, *journey_stack.OF_A_JOURNEY)

    async def _answer_question_on_rules(self, turn: JourneyTurn) -> None:
        """Answer a question on the shop's rules; the journey goes on when the customer has a matter of their own.

        Raises:
            JourneyEnded: nothing but the rule was asked for.
        """
        words = turn.message.words
        entry = faq.rule(words, self.faq_topics) if is_question(words) else None
        if entry is None:
            return
        await faq.tell_rule(turn, entry, topic=turn.message.intent)
        turn.consume_message()
        if turn.begins and not (entry.default or OWN.search(words) or turn.message.entity("defect")):
            turn.end()

    # A message while a question is open

    async def _hear(self, turn: JourneyTurn) -> None:
        """Act on what the message does.

        Raises:
            MessageRejected: a rule answers it.
            JourneyEnded: it leads away from the journey.
        """
        meaning = interpret(self, turn)
        turn.act = meaning.act
        match meaning.act:
            case Act.INTERRUPTS:
                raise MessageRejected
            case Act.GIVES_UP:
                journey_stack.forget_waiting(turn)
                turn.end(meaning.phrase)
            case Act.SWITCHES:
                journey_stack.forget_waiting(turn)
                turn.continue_with(meaning.form, meaning.phrase)
            case Act.WISHES_OTHER:
                self._leave_for(turn, meaning.form)
            case Act.WISHES_AGAIN:
                self._take_wish_again(turn)
            case Act.ASKS_RULE:
                await self._answer_question_on_rules(turn)
            case _:
                self._take(turn, meaning)

    def _take(self, turn: JourneyTurn, meaning: Interpretation) -> None:
        turn.set_all(meaning.facts)
        if meaning.phrase:
            turn.say(meaning.phrase, **meaning.variables)
        if not meaning.leaves_question_open:
            turn.consume_message()

    def _take_wish_again(self, turn: JourneyTurn) -> None:
        before = dict(turn.slots)
        self.take_wish(turn)
        turn.set_all(self.facts_in(turn))
        if turn.slots != before:
            turn.consume_message()

    def _leave_for(self, turn: JourneyTurn, form: str) -> None:
        if self.is_resumable(turn):
            journey_stack.suspend(turn, self.form, self.facts)
        turn.continue_with(form)

    # The end and the way back

    def _finish(self, turn: JourneyTurn) -> None:
        turn.clear(*self.facts, *journey_stack.OF_A_JOURNEY)
        turn.set_requested(None)
        if not turn.outcome.next_action:
            journey_stack.begin_next(turn)
