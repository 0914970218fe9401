"""What a journey asks for, and how its questions are answered: the judgements on which a message is interpreted.

All of them look at the words of the message; `actions.framework.interpretation` puts them in their order.
"""

from __future__ import annotations

from typing import Any, ClassVar

from actions.framework import faq
from actions.framework.acts import Interpretation
from actions.framework.intents import FORM_OF_INTENT
from actions.framework.questions.ask_back import asks_reason_for
from actions.framework.questions.contact import refers_to_order
from actions.framework.turn import JourneyTurn
from actions.reading.answers import (
    LETS_BE,
    NOT_SAID,
    Reader,
    account,
    is_question,
    is_request,
    says_none,
    says_only_facts,
    wish_in,
    yes_no,
)
from actions.reading.facts import amended_address, introduces_name
from actions.reading.message import Message
from actions.reading.turns_of_speech import (
    BUT,
    COMPLAINS,
    CORRECTS,
    DROPS,
    EARLIER,
    GIVES_UP,
    NO_THANKS,
    PERSON_WANTED,
    TAKES_BACK,
    TURNS,
)

SURE = 0.45
"""Confidence from which another wish may break into a journey."""
ASKED = 0.25
"""The same for a question or a request: whatever it wants, it answers none of ours."""
CERTAIN = 0.75
_BARE_WISH = 6
"""Characters in which nothing more stands than “退货” and the like."""
_BARE_WORD = 3
"""Characters of a plain “算了” or “不对”."""
NO_ACCOUNT = frozenset({"greet", "thank", "goodbye", "ask_repeat"})
"""Courtesies that are no account of anything, if it is certain that they are meant."""
NEWEST_COUNTS = frozenset({"order", "ticket"})
"""Facts of which the number named last counts, without a word of correction."""


class AnswerPolicy:
    """Declare what a journey asks for, and judge messages by it."""

    form: ClassVar[str]
    resumable: ClassVar[bool] = False
    """Whether the journey is gone back to when another wish comes between."""
    facts: ClassVar[tuple[str, ...]] = ()
    """Slots that end with the journey."""
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

    def is_resumable(self, turn: JourneyTurn) -> bool:
        """Tell whether the journey is gone back to when another wish comes between now."""
        return self.resumable

    # Does it answer?

    def is_answer(self, turn: JourneyTurn) -> bool:
        """Tell whether the message answers the question asked, so that no other wish is looked for in it."""
        message, asked = turn.message, turn.asked or ""
        if message.intent == "complaint" and self.form != "complaint_form" and COMPLAINS.search(message.words):
            return False
        if asked in self.free_text and asked in self.required and says_only_facts(message, names=True):
            return False
        if message.is_button:
            return message.pick(asked) is not None or message.intent in ("affirm", "deny")
        if message.entity("choice") is not None or refers_to_order(message, asked) or self._reads(turn):
            return True
        if (asked not in self.required or asked == "digits") and says_none(message):
            return True
        return asked in self.free_text and self.is_account(message)

    def _reads(self, turn: JourneyTurn) -> bool:
        """Tell whether the answer can be read out of the words."""
        reader = self.answer_readers().get(turn.asked or "") or (yes_no if turn.asked in self.consents else None)
        return reader is not None and reader(turn.message) is not None

    def is_account(self, message: Message) -> bool:
        """Tell whether free words are an account rather than another wish, a greeting or a question."""
        own = FORM_OF_INTENT.get(message.intent) == self.form
        if is_question(message.words) and not (
            own and account(message.words) and not faq.rule(message.words, self.faq_topics)
        ):
            return False
        if message.intent == "abandon" or (message.intent in TAKES_BACK and DROPS.search(message.words)):
            return False
        if message.intent in NO_ACCOUNT and message.confidence >= CERTAIN:
            return False
        if own or message.intent not in FORM_OF_INTENT or message.confidence < SURE:
            return True
        if len(message.bare()) <= _BARE_WISH and wish_in(message) is not None:
            return False
        return not is_request(message.words) or account(message.words) is not None

    # Does it do something else?

    def gives_up(self, turn: JourneyTurn) -> bool:
        """Tell whether the customer gives up the journey's whole matter."""
        message = turn.message
        if self.resumable and GIVES_UP.search(message.words):
            return True
        says_so = message.intent == "abandon" and message.confidence >= SURE
        drops = says_so or (message.intent in TAKES_BACK and bool(DROPS.search(message.words)))
        # Where nothing but the fact itself will do, “算了，不用了” means the whole matter.
        drops = drops or (turn.asked in self.required - self.consents and bool(NO_THANKS.search(message.words)))
        drops = drops or (turn.asked == "confirmed" and LETS_BE.match(message.bare()) is not None)
        return drops and not self.declines_question(turn)

    def declines_question(self, turn: JourneyTurn) -> bool:
        """Tell whether words of giving up mean the question alone: a plain “算了”, or a no to what was offered."""
        if turn.asked == "confirmed":
            return False
        bare_word = len(turn.message.bare()) <= _BARE_WORD
        return turn.asked in self.consents or (turn.asked not in self.required and bare_word)

    def is_correction(self, turn: JourneyTurn) -> bool:
        """Tell whether the message puts something right that was told before."""
        message = turn.message
        if turn.asked == "confirmed":
            return yes_no(message) is not True or bool(BUT.search(message.words))
        says_so = turn.asked not in self.free_text and bool(CORRECTS.search(message.words))
        return message.intent == "correction" or says_so

    def asks_reason(self, turn: JourneyTurn) -> bool:
        """Tell whether the customer wants to know what the fact is needed for, rather than refusing it."""
        refuses = turn.asked not in self.required and says_none(turn.message)
        reader = self.answer_readers().get(turn.asked or "")
        told = reader is not None and reader(turn.message) is not None
        return not (refuses or told) and asks_reason_for(turn.message, turn.asked)

    def form_switched_to(self, turn: JourneyTurn) -> str | None:
        """Return the journey for which this one is given up: “算了不投诉了，直接退货吧”."""
        message = turn.message
        form = FORM_OF_INTENT.get(message.intent)
        switches = form not in (None, self.form, "progress_form") and message.confidence >= ASKED
        # “算了不留电话” is no question about telephones.
        switches = switches and (form != "consult_form" or is_question(message.words))
        return form if switches and TURNS.match(message.words) else None

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

    def remark(self, turn: JourneyTurn) -> Interpretation | None:
        """Read what is told beside the question asked; None when nothing of the kind is."""
        return None

    # Which facts does it tell?

    def facts_in(self, turn: JourneyTurn, *, overwrite: bool = False) -> dict[str, Any]:
        """Read the facts that a message tells unasked, by slot.

        Args:
            turn: the turn.
            overwrite: facts that are known already are told anew.
        """
        message = turn.message
        found: dict[str, Any] = {}
        for slot, read in self.volunteered.items():
            if (slot == turn.asked and not overwrite) or (slot == "order" and turn.asked == "phone"):
                continue
            known = turn.get(slot)
            value = read(message)
            if slot == "address" and overwrite and known and not message.is_button:
                value = amended_address(str(known), message.words, value)
            if value is None or value == known or not self._may_set(turn, slot, overwrite=overwrite):
                continue
            found[slot] = value
            if slot == "visit_time" and turn.get("service_slot") is not None:
                # Another time wished takes the place of the one chosen.
                found["service_slot"] = None
        if not found and overwrite and turn.asked == "confirmed":
            return self.retold_facts(turn)
        return found

    def _may_set(self, turn: JourneyTurn, slot: str, *, overwrite: bool) -> bool:
        if turn.get(slot) in (None, NOT_SAID):
            return True
        newest = slot in NEWEST_COUNTS or (slot == "name" and introduces_name(turn.message))
        # An account is not overwritten by whatever else is told; it is told anew when it is restated.
        return newest or (overwrite and slot not in self.free_text)

    def retold_facts(self, turn: JourneyTurn) -> dict[str, Any]:
        """Read a new account after the restatement was not agreed to; a bare “不对” is none."""
        if len(turn.message.bare()) <= _BARE_WORD:
            return {}
        for slot in sorted(self.free_text & set(self.volunteered)):
            value = self.volunteered[slot](turn.message)
            if value is not None and value != turn.get(slot):
                return {slot: value}
        return {}
