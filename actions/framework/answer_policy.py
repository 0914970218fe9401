"""What a journey's questions expect, and whether a message answers the one that is open."""

from __future__ import annotations

from typing import ClassVar

from actions.framework import faq
from actions.framework.ask_back import asks_reason_for
from actions.framework.intents import WISHES
from actions.framework.known_facts import refers_to_order
from actions.framework.turn import JourneyTurn
from actions.reading.answers import (
    Reader,
    account,
    is_question,
    is_request,
    says_none,
    says_only_facts,
    wish_in,
    yes_no,
)
from actions.reading.message import Message
from actions.reading.turns_of_speech import BUT, COMPLAINS, CORRECTS, DROPS, EARLIER, PERSON_WANTED, TAKES_BACK, TURNS

SURE = 0.45
"""Confidence from which another wish may break into a journey."""
ASKED = 0.25
"""The same for a question or a request: whatever it wants, it answers none of ours."""
CERTAIN = 0.75
_BARE_WISH = 6
"""Characters in which nothing more stands than “退货” and the like."""
CEREMONY = frozenset({"greet", "thank", "goodbye", "ask_repeat"})
"""Courtesies that are no account of anything, if it is certain that they are meant."""


class AnswerPolicy:
    """Be told by a journey what it asks for, and judge messages by it."""

    form: ClassVar[str]
    resumable: ClassVar[bool] = False
    """Whether the journey waits for the customer's return when another wish comes between."""
    facts: ClassVar[tuple[str, ...]] = ()
    """Slots that end with the case."""
    volunteered: ClassVar[dict[str, Reader]] = {}
    """Facts that are taken from any message of the journey, asked or not."""
    free_text: ClassVar[frozenset[str]] = frozenset()
    """Questions that are answered in free words."""
    consents: ClassVar[frozenset[str]] = frozenset({"confirmed"})
    """Questions that are answered with yes or no."""
    required: ClassVar[frozenset[str]] = frozenset({"digits", "confirmed"})
    """Questions without whose answer the journey cannot go on."""
    faq_topics: ClassVar[frozenset[str]] = frozenset()
    """Topics of the shop's rules that may be asked about on the way (`faq.yml`)."""

    def answer_readers(self) -> dict[str, Reader]:
        """Return how the answers to this journey's questions are read."""
        return self.volunteered

    def is_answer(self, turn: JourneyTurn) -> bool:
        """Tell whether the message answers the question asked, so that no other wish is looked for in it."""
        message, asked = turn.message, turn.asked or ""
        if message.intent == "complaint" and self.form != "complaint_form" and COMPLAINS.search(message.words):
            return False
        if asked in self.free_text and asked in self.required and says_only_facts(message, names=True):
            return False
        if message.is_button:
            return message.pick(asked) is not None or message.intent in ("affirm", "deny")
        if message.entity("choice") is not None or refers_to_order(message, asked):
            return True
        reader = self.answer_readers().get(asked) or (yes_no if asked in self.consents else None)
        if reader is not None and reader(message) is not None:
            return True
        if (asked not in self.required or asked == "digits") and says_none(message):
            return True
        return asked in self.free_text and self.is_account(message)

    def is_account(self, message: Message) -> bool:
        """Tell whether free words are an account rather than another wish, a greeting or a question."""
        own = WISHES.get(message.intent) == self.form
        if is_question(message.words) and not (
            own and account(message.words) and not faq.rule(message.words, self.faq_topics)
        ):
            return False
        if message.intent == "abandon" or (message.intent in TAKES_BACK and DROPS.search(message.words)):
            return False
        if message.intent in CEREMONY and message.confidence >= CERTAIN:
            return False
        if own or message.intent not in WISHES or message.confidence < SURE:
            return True
        if len(message.bare()) <= _BARE_WISH and wish_in(message) is not None:
            return False
        return not is_request(message.words) or account(message.words) is not None

    def is_correction(self, turn: JourneyTurn) -> bool:
        """Tell whether the message puts something right that was told before."""
        if turn.asked == "confirmed":
            return yes_no(turn.message) is not True or bool(BUT.search(turn.message.words))
        return turn.message.intent == "correction" or (
            turn.asked not in self.free_text and bool(CORRECTS.search(turn.message.words))
        )

    def declines_question(self, turn: JourneyTurn) -> bool:
        """Tell whether words of giving up mean the question alone: a plain “算了”, or a no to what was offered."""
        if turn.asked == "confirmed":
            return False
        return turn.asked in self.consents or (turn.asked not in self.required and len(turn.message.bare()) <= 3)

    def asks_reason(self, turn: JourneyTurn) -> bool:
        """Tell whether the customer wants to know what the fact is needed for, rather than refusing it."""
        refuses = turn.asked not in self.required and says_none(turn.message)
        reader = self.answer_readers().get(turn.asked or "")
        told = reader is not None and reader(turn.message) is not None
        return not (refuses or told) and asks_reason_for(turn.message, turn.asked)

    def form_switched_to(self, turn: JourneyTurn) -> str | None:
        """Return the journey for which this one is given up: “算了不投诉了，直接退货吧”."""
        message = turn.message
        form = WISHES.get(message.intent)
        turns = form not in (None, self.form, "progress_form") and message.confidence >= ASKED
        # “算了不留电话” is no question about telephones.
        turns = turns and (form != "consult_form" or is_question(message.words))
        return form if turns and TURNS.match(message.words) else None

    def only_mentions_person(self, turn: JourneyTurn) -> bool:
        """Tell whether a person is spoken of in an answer (“叫你们领导道歉”) rather than called for."""
        if turn.message.intent != "ask_human" or PERSON_WANTED.search(turn.message.words):
            return False
        reader = self.answer_readers().get(turn.asked or "")
        answers = reader is not None and reader(turn.message) is not None
        return answers or turn.message.confidence < CERTAIN

    def refers_to_ticket(self, turn: JourneyTurn) -> bool:
        """Tell whether there is a ticket that can be urged or asked for."""
        message = turn.message
        named = message.is_button or message.entity("ticket_number") or EARLIER.search(message.words)
        return bool(named or turn.get("ticket"))
