"""One turn of a journey: what is known, what is asked, what was said and set.

A journey is a script that runs from its top at every turn. `need` gives back a fact that is known already; for one that
is not it asks the customer and ends the turn. So a journey reads like the manual's list of what to ask, and an answer
given early, late or all at once finds its place by itself. What must happen once (a sentence, a ticket) is guarded by a
key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.framework.examples import not_understood
from actions.framework.say import Button, embed, pick, say
from actions.reading.answers import NOT_SAID, Reader, says_none, yes_no
from actions.reading.message import Message
from bot.desk.conversations import action_results as results
from bot.desk.conversations import customers
from bot.desk.sessions import WriteSession

REQUESTED = "requested_slot"
PATIENCE = 2
"""Answers that make no sense before a way out is offered."""


class AwaitingAnswer(Exception):  # noqa: N818 - no error: the way a script ends a turn
    """Raised when the customer has been asked: the turn ends here."""


class JourneyEnded(Exception):  # noqa: N818 - no error: the way a script ends early
    """Raised when the customer leaves the journey: it ends without its result."""


class Choice:
    """One of several answers to choose from: the value, the phrase of its button, the button's variables."""

    def __init__(self, value: Any, title: str, **variables: Any) -> None:
        """Keep value, title phrase and variables."""
        self.value, self.title, self.variables = value, title, variables


async def run_once(turn: JourneyTurn, action: str, work: Callable[[JourneyTurn], Awaitable[list[Any]]]) -> list[Any]:
    """Run an action's turn, or answer again what it did for the same message before.

    The gateway asks a turn again when it failed behind an action: what was urged, counted or booked then must not be so
    twice.

    Args:
        turn: the journey's turn.
        action: the action's name.
        work: what is done, said and returned.
    """
    # A turn may come to the same journey twice, by way of another: then what is known has changed in between.
    known_now = hashlib.sha256(json.dumps(turn.slots, sort_keys=True, default=str).encode()).hexdigest()[:16]
    key = f"{turn.message.conversation}:{turn.message.id}:{action}:{known_now}"
    known = await results.find(turn.session, key)
    if known is not None:
        turn.repeat(known.responses)
        return known.events
    if turn.first:
        turn.know(await customers.facts(turn.session, turn.message.conversation))
    events = await work(turn)
    await customers.learn(turn.session, turn.message.conversation, turn.contact_told())
    await results.store(turn.session, key, events=events, responses=turn.said(), now=turn.now)
    return events


def title_of(options: Sequence[Choice], value: Any) -> dict[str, Any]:
    """Return a value of options as a variable: the wire puts the title's words in its place."""
    return embed(next(option.title for option in options if option.value == value))


class JourneyTurn:
    """The facts of a journey, its message, and what this turn adds."""

    def __init__(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        session: WriteSession,
        *,
        form: str,
        required: frozenset[str] = frozenset(),
    ) -> None:
        """Open the case of one turn.

        Args:
            dispatcher: takes what is said.
            tracker: the conversation so far.
            session: the records, in one transaction for the turn.
            form: name of the journey's form.
            indispensable: facts without which the journey cannot go on.
        """
        self.session = session
        self.form = form
        self.required = required
        self.slots: dict[str, Any] = dict(tracker.slots)
        self.message = Message.of(tracker)
        self.asked: str | None = self.slots.get(REQUESTED)
        self.followup: str | None = None
        self.aside = False
        """Whether the message asks something beside the open question, to be answered before that is asked again."""
        self.first = self.slots.get("answered_message") is None
        """Whether no action has run in the conversation before."""
        self.from_order: set[str] = set()
        """Contacts that were taken from an order in this turn: nobody told them."""
        self._dispatcher = dispatcher
        self._changed: dict[str, Any] = {}
        self.answered = self.slots.get("answered_message") == self.message.id
        """Whether this message has answered something already: it answers only one question."""

    @property
    def now(self) -> datetime:
        """Return when the message was received: all terms count from here."""
        return self.message.received_at

    @property
    def active(self) -> bool:
        """Tell whether the journey has asked something; if not, this message begins or resumes it."""
        return self.asked is not None

    # What is known

    def get(self, slot: str) -> Any:
        """Return a fact, or None."""
        return self.slots.get(slot)

    def set(self, slot: str, value: Any) -> None:
        """Keep a fact."""
        self.slots[slot] = value
        self._changed[slot] = value

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
        changed = {slot: self._changed.get(slot) for slot in customers.FACTS if slot not in self.from_order}
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

    def say_once(self, phrase: str, **details: Any) -> None:
        """Say a phrase once in a case, however often its script runs."""
        told: list[str] = self.get("said_phrases") or []
        if phrase in told:
            return
        self.set("said_phrases", [*told, phrase])
        self.say(phrase, **details)

    def said(self) -> list[dict[str, Any]]:
        """Return what was said in this turn, as the dispatcher holds it."""
        return self._dispatcher.messages

    def repeat(self, responses: list[dict[str, Any]]) -> None:
        """Say again what was said before."""
        self._dispatcher.messages.extend(responses)

    # What is asked

    def need(
        self,
        slot: str,
        phrase: str,
        read: Reader,
        *,
        options: Sequence[Choice] = (),
        custom: Mapping[str, Any] | None = None,
        **variables: Any,
    ) -> Any:
        """Return a fact, or ask for it; one that can be done without may be refused and counts as not said.

        Args:
            slot: name of the fact.
            phrase: the question.
            read: takes the answer out of a message; None when it holds none.
            options: answers to choose from, shown as buttons; their ordinal counts as an answer.
            custom: what the chat element draws with the question.
            variables: of the question.

        Raises:
            AwaitingAnswer: the question was asked.
        """
        known = self.get(slot)
        if known is not None:
            return known
        if self.asked == slot and not self.answered:
            value = self._answer(slot, read, options=options)
            if value is not None:
                self.accept_answer(slot, value)
                return value
            if self._miss(slot):
                return self.get(slot)
        buttons = [Button(o.title, pick(slot, o.value), o.variables) for o in options]
        self.ask(slot, phrase, buttons=buttons, custom=custom, **variables)

    def ask(self, slot: str, phrase: str, **details: Any) -> NoReturn:
        """Ask a question and wait for its answer.

        Raises:
            AwaitingAnswer: always.
        """
        self.say(phrase, **details)
        self.set(REQUESTED, slot)
        raise AwaitingAnswer

    def agrees(
        self,
        slot: str,
        phrase: str,
        *,
        yes: str = "button.yes",
        no: str = "button.no",
        read: Reader = yes_no,
        **details: Any,
    ) -> bool:
        """Return whether the customer consents, or ask.

        Raises:
            AwaitingAnswer: the question was asked.
        """
        return bool(self.need(slot, phrase, read, options=(Choice(True, yes), Choice(False, no)), **details))

    def accept_answer(self, slot: str, value: Any) -> None:
        """Keep the answer to the question asked; the message answers no other."""
        self.set(slot, value)
        self.set("answered_message", self.message.id)
        self.answered = True
        self.clear("misses")

    def _answer(self, slot: str, read: Reader, *, options: Sequence[Choice]) -> Any | None:
        picked = self.message.pick(slot)
        if picked is not None:
            return picked
        value = read(self.message)
        if value is not None:
            return value
        number = self.message.entity("choice")
        if number is not None and 1 <= abs(int(number)) <= len(options):
            # Minus one is the last one.
            return options[int(number) - (int(number) > 0)].value
        if len(options) == 1 and yes_no(self.message):
            return options[0].value
        if slot not in self.required and says_none(self.message):
            return NOT_SAID
        return None

    def _miss(self, slot: str) -> bool:
        """Count an answer that made no sense and say so.

        After too many a fact that can be done without is taken as not said (True); without the others the journey ends
        with a message to a person.
        """
        self.answered = True
        misses = int(self.get("misses") or 0) + 1
        self.set("misses", misses)
        if misses <= PATIENCE:
            self.say(not_understood(slot, misses))
            return False
        self.clear("misses")
        if slot not in self.required:
            self.accept_answer(slot, NOT_SAID)
            return True
        self.leave("handoff_form", "unsure.person")

    def leave(self, form: str | None, phrase: str | None = None, **variables: Any) -> NoReturn:
        """End the journey here and go on with another.

        Raises:
            JourneyEnded: always.
        """
        if phrase:
            self.say(phrase, **variables)
        self.followup = form
        raise JourneyEnded

    # What Rasa is told

    def events(self, *, done: bool) -> list[dict[str, Any]]:
        """Return the events of this turn.

        Args:
            done: the journey's form ends.
        """
        if done:
            self.set(REQUESTED, None)
        # The form counts as heard in any case, so that Rasa never asks another policy in its place.
        self._changed.setdefault("answered_message", self.message.id)
        events = [SlotSet(slot, value) for slot, value in self._changed.items()]
        if self.followup:
            events.append(FollowupAction(self.followup))
        return events
