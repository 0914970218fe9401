"""One turn of a journey: what is known, what is asked, what was said and set.

A journey is a script that runs from its top at every turn. `need` gives back a fact that is known already; for one that
is not it asks the customer and ends the turn. So a journey reads like the manual's list of what to ask, and an answer
given early, late or all at once finds its place by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.framework.acts import Act
from actions.framework.answer import Choice, read_answer
from actions.framework.outcome import AwaitingAnswer, JourneyEnded, JourneyStart, TurnOutcome
from actions.framework.questions.examples import not_understood
from actions.framework.say import Button, pick, say
from actions.framework.slot_types import check_value
from actions.reading.answers import NOT_SAID, Reader, yes_no
from actions.reading.message import Message
from bot.desk.conversations import customers
from bot.desk.sessions import WriteSession

REQUESTED = "requested_slot"
MOST_MISSES = 2
"""Answers that make no sense before a way out is offered."""


class JourneyTurn:
    """The facts of a journey, the message of this turn, and what the turn adds.

    Args:
        dispatcher: takes what is said.
        tracker: the conversation so far.
        session: the records, in one transaction for the turn.
        form: name of the journey's form.
        required: facts without which the journey cannot go on.
    """

    def __init__(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        session: WriteSession,
        *,
        form: str,
        required: frozenset[str] = frozenset(),
    ) -> None:
        self.session = session
        self.form = form
        self.required = required
        self.slots: dict[str, Any] = dict(tracker.slots)
        self.message = Message.of(tracker)
        self.open_form: str | None = (tracker.active_loop or {}).get("name")
        """The form whose question is open; another one than this journey's when this one interrupts it."""
        self.asked: str | None = self.slots.get(REQUESTED) if self.open_form == form else None
        """The fact that this journey asked for; None when the message begins or resumes it."""
        self.act: Act | None = None
        """What the message does, once it is interpreted."""
        self.is_first = self.slots.get("answered_message") is None
        """Whether no action has run in the conversation before."""
        self.from_order: set[str] = set()
        """Contacts that were taken from an order in this turn: nobody told them."""
        self.outcome = TurnOutcome(message_consumed=self.slots.get("answered_message") == self.message.id)
        self._dispatcher = dispatcher

    @property
    def now(self) -> datetime:
        """Return when the message was received: all terms count from here."""
        return self.message.received_at

    @property
    def begins(self) -> bool:
        """Tell whether this message begins or resumes the journey: nothing has been asked yet."""
        return self.asked is None

    # What is known

    def get(self, slot: str) -> Any:
        """Return a fact, or None."""
        return self.slots.get(slot)

    def set(self, slot: str, value: Any) -> None:
        """Keep a fact.

        Raises:
            LookupError: `domain.yml` has no such slot.
            TypeError: the value does not fit the slot's type.
        """
        check_value(slot, value)
        self.slots[slot] = value
        self.outcome.changed[slot] = value

    def set_all(self, facts: Mapping[str, Any]) -> None:
        """Keep facts, by slot."""
        for slot, value in facts.items():
            self.set(slot, value)

    def clear(self, *slots: str) -> None:
        """Forget facts."""
        for slot in slots:
            if self.slots.get(slot) is not None:
                self.set(slot, None)

    def know(self, contact: Mapping[str, str]) -> None:
        """Begin with the contact that the customer told in an earlier conversation."""
        for slot, value in contact.items():
            if self.get(slot) is None:
                self.set(slot, value)

    def contact_told(self) -> dict[str, str]:
        """Return the contact that the customer told in this turn."""
        changed = {slot: self.outcome.changed.get(slot) for slot in customers.FACTS if slot not in self.from_order}
        return {slot: str(value) for slot, value in changed.items() if value not in (None, NOT_SAID)}

    # What is said

    def say(
        self,
        phrase: str,
        *,
        buttons: Sequence[Button] = (),
        custom: Mapping[str, Any] | None = None,
        ticket: str | None = None,
        **variables: Any,
    ) -> None:
        """Say a phrase with its variables."""
        say(self._dispatcher, phrase, variables=variables, buttons=buttons, custom=custom, ticket=ticket)

    def say_once(self, phrase: str, **details: Any) -> bool:
        """Say a phrase once in a journey, however often its script runs; tell whether it was said now."""
        said: list[str] = self.get("said_phrases") or []
        if phrase in said:
            return False
        self.set("said_phrases", [*said, phrase])
        self.say(phrase, **details)
        return True

    @property
    def responses(self) -> list[dict[str, Any]]:
        """Return what was said in this turn, as the dispatcher holds it."""
        return self._dispatcher.messages

    def repeat_responses(self, responses: list[dict[str, Any]]) -> None:
        """Say again what was said before."""
        self._dispatcher.messages.extend(responses)

    # What is asked

    def may_answer(self, slot: str) -> bool:
        """Tell whether the message can be the answer to the question about a slot."""
        return self.asked == slot and not self.outcome.message_consumed

    def consume_message(self) -> None:
        """Count the message as dealt with: it answers no further question."""
        self.outcome.message_consumed = True

    def need(
        self,
        slot: str,
        phrase: str,
        read: Reader,
        *,
        choices: Sequence[Choice] = (),
        custom: Mapping[str, Any] | None = None,
        **variables: Any,
    ) -> Any:
        """Return a fact, or ask for it; one that can be done without may be refused and counts as not said.

        Args:
            slot: name of the fact.
            phrase: the question.
            read: takes the answer out of a message; None when it holds none.
            choices: answers to choose from, shown as buttons.
            custom: what the chat element draws with the question.
            variables: of the question.

        Raises:
            AwaitingAnswer: the question was asked.
            JourneyEnded: the answers made no sense too often.
        """
        known = self.get(slot)
        if known is not None:
            return known
        if self.may_answer(slot):
            answer = read_answer(self.message, slot, read, choices=choices)
            refused = answer.refused and slot not in self.required
            if answer.value is not None or refused:
                return self.accept_answer(slot, NOT_SAID if refused else answer.value)
            if self._miss(slot):
                return NOT_SAID
        buttons = [Button(choice.title, pick(slot, choice.value), choice.variables) for choice in choices]
        self.ask(slot, phrase, buttons=buttons, custom=custom, **variables)

    def ask(self, slot: str, phrase: str, **details: Any) -> NoReturn:
        """Ask a question and wait for its answer.

        Raises:
            AwaitingAnswer: always.
        """
        self.say(phrase, **details)
        self.set_requested(slot)
        raise AwaitingAnswer

    def need_consent(
        self,
        slot: str,
        phrase: str,
        *,
        yes: str = "button.yes",
        no: str = "button.no",
        read: Reader = yes_no,
        **details: Any,
    ) -> bool:
        """Return whether the customer consents, or ask; who does not say has not consented.

        Args:
            slot: name of the consent.
            phrase: the question.
            yes: phrase of the button that consents.
            no: phrase of the button that does not.
            read: takes a yes or no out of a message.
            details: variables of the question.

        Raises:
            AwaitingAnswer: the question was asked.
        """
        return self.need(slot, phrase, read, choices=(Choice(True, yes), Choice(False, no)), **details) is True

    def accept_answer(self, slot: str, value: Any) -> Any:
        """Keep the answer to the question asked and return it; the message answers no other."""
        self.set(slot, value)
        self.set("answered_message", self.message.id)
        self.consume_message()
        self.clear("misses")
        return value

    def _miss(self, slot: str) -> bool:
        """Count an answer that made no sense; after too many do without the fact (True), or leave it to a person."""
        self.consume_message()
        misses = int(self.get("misses") or 0) + 1
        self.set("misses", misses)
        if misses <= MOST_MISSES:
            self.say(not_understood(slot, misses))
            return False
        self.clear("misses")
        if slot not in self.required:
            self.accept_answer(slot, NOT_SAID)
            return True
        self.continue_with("handoff_form", "unsure.person")

    # How it ends

    def end(self, phrase: str | None = None, **details: Any) -> NoReturn:
        """End the journey here, with a phrase if one is given.

        Raises:
            JourneyEnded: always.
        """
        if phrase:
            self.say(phrase, **details)
        raise JourneyEnded

    def continue_with(self, start: JourneyStart | str, phrase: str | None = None, **details: Any) -> NoReturn:
        """End the journey here and go on with another.

        Args:
            start: the other journey with the facts it begins with, or only its form or an action.
            phrase: said before.
            details: of the phrase.

        Raises:
            JourneyEnded: always.
        """
        self.outcome.next_action = start if isinstance(start, str) else start.form
        self.outcome.next_facts = {} if isinstance(start, str) else start.facts()
        self.end(phrase, **details)

    # What Rasa is told

    def set_requested(self, slot: str | None) -> None:
        """Set the question that is open after this turn; None ends the form."""
        self.slots[REQUESTED] = slot
        self.outcome.changed[REQUESTED] = slot

    def events(self) -> list[dict[str, Any]]:
        """Return the events of this turn."""
        self.set_all(self.outcome.next_facts)
        # Whatever acts next in this turn must not take the message for an answer.
        self.outcome.changed.setdefault("answered_message", self.message.id)
        events = [SlotSet(slot, value) for slot, value in self.outcome.changed.items()]
        if self.outcome.next_action:
            events.append(FollowupAction(self.outcome.next_action))
        return events
