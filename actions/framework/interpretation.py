"""What a customer's message does while a question is open: the one place in which that is decided.

`interpret` tells what the message does, `actions.framework.answer.read_answer` which value it gives for the question.
Journeys act on what comes out (`actions.framework.journey`) and do not look at the message's words for it themselves.
"""

from __future__ import annotations

from collections.abc import Callable

from actions.framework import faq
from actions.framework.acts import Act, Interpretation
from actions.framework.answer_policy import ASKED, SURE, AnswerPolicy
from actions.framework.intents import COURTESIES, FORM_OF_INTENT, URGENT
from actions.framework.questions.ask_back import WHY_PHRASES, doubts_any_question
from actions.framework.turn import JourneyTurn
from actions.reading.answers import PROTESTS, is_question, is_request, says_only_facts
from actions.reading.message import Message
from actions.reading.turns_of_speech import HOW, WAITS


def interpret(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation:
    """Tell what a message does while a question is open: the first of `IN_ORDER` that fits.

    Args:
        policy: the journey that asked.
        turn: the turn, with the message and the question.
    """
    for look in IN_ORDER:
        meaning = look(policy, turn)
        if meaning is not None:
            return meaning
    return Interpretation(Act.UNCLEAR, facts=policy.facts_in(turn))


def urgent_wish(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for danger, and for a call for a person."""
    intent = turn.message.intent
    if intent not in URGENT or FORM_OF_INTENT[intent] == policy.form or policy.only_mentions_person(turn):
        return None
    return Interpretation(Act.INTERRUPTS)


def giving_up(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for words that give up the whole matter."""
    return Interpretation(Act.GIVES_UP, phrase="journey.dropped") if policy.gives_up(turn) else None


def question_why(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for a question what the fact asked for is needed for."""
    return Interpretation(Act.ASKS_REASON, phrase=WHY_PHRASES[str(turn.asked)]) if policy.asks_reason(turn) else None


def switch(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for another journey that takes the place of this one."""
    form = policy.form_switched_to(turn)
    return Interpretation(Act.SWITCHES, form=form, phrase="journey.switched") if form else None


def correction(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for facts that are put right; at a restatement this goes before any answer."""
    if not policy.is_correction(turn) or (turn.asked != "confirmed" and policy.is_answer(turn)):
        return None
    facts = policy.facts_in(turn, overwrite=True)
    if not facts:
        return None
    return Interpretation(Act.CORRECTS, facts={**facts, "confirmed": None}, phrase="journey.corrected")


def answer(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for the answer, and for what is told beside it."""
    if not policy.is_answer(turn):
        return None
    return Interpretation(Act.ANSWERS, facts=policy.facts_in(turn, overwrite=policy.is_correction(turn)))


def request_to_wait(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for “one moment”."""
    if not WAITS.search(turn.message.words):
        return None
    return Interpretation(Act.WAITS, phrase="social.take_your_time")


def doubt(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for doubt that the question need be asked."""
    if not doubts_any_question(turn.message):
        return None
    return Interpretation(Act.ASKS_REASON, phrase=WHY_PHRASES.get(str(turn.asked), "journey.why"))


def question_on_rules(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for a question on the shop's rules."""
    words = turn.message.words
    return Interpretation(Act.ASKS_RULE) if is_question(words) and faq.rule(words, policy.faq_topics) else None


def courtesy(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for a greeting, thanks, small talk, abuse."""
    message = turn.message
    if message.intent not in COURTESIES or message.confidence < SURE or says_only_facts(message):
        return None
    argues = message.intent == "ask_repeat" and bool(PROTESTS.search(message.words))
    return None if argues or _asks_after_goods(message) else Interpretation(Act.INTERRUPTS)


def remark(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for what the journey itself hears beside its questions."""
    return policy.remark(turn)


def urging(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for urging where no ticket is."""
    message = turn.message
    if message.intent not in ("urge", "ticket_progress") or policy.refers_to_ticket(turn):
        return None
    return Interpretation(Act.URGES, phrase=None if HOW.search(message.words) else "social.hurry")


def other_wish(policy: AnswerPolicy, turn: JourneyTurn) -> Interpretation | None:
    """Look for another wish, or the same one told anew; what is no question and no request must be surer."""
    message = turn.message
    form = "consult_form" if _asks_after_goods(message) else FORM_OF_INTENT.get(message.intent)
    # A number alone wishes nothing, whatever it was taken for.
    if form is None or says_only_facts(message) or policy.only_mentions_person(turn):
        return None
    needed = ASKED if is_question(message.words) or is_request(message.words) else SURE
    if not message.is_button and message.confidence < needed:
        return None
    return Interpretation(Act.WISHES_AGAIN if form == policy.form else Act.WISHES_OTHER, form=form)


def _asks_after_goods(message: Message) -> bool:
    return message.intent == "out_of_scope" and message.entity("product") is not None


IN_ORDER: tuple[Callable[[AnswerPolicy, JourneyTurn], Interpretation | None], ...] = (
    urgent_wish,
    giving_up,
    question_why,
    switch,
    correction,
    answer,
    request_to_wait,
    doubt,
    question_on_rules,
    courtesy,
    remark,
    urging,
    other_wish,
)
"""In which order a message is looked at (docs/design.md, “Interruptions”)."""
