"""Answers that hold for everybody, from the shop's own data."""

from __future__ import annotations

from actions.case import Case
from bot.desk import consultations, faq


async def try_faq(case: Case, *, topic: str | None = None) -> bool:
    """Answer from the shop's list of questions; tell whether there was an answer.

    Args:
        case: the case.
        topic: intent under which the question is looked up; by default the message's.
    """
    topic = topic or case.message.intent
    entry = faq.answer(topic, case.message.words)
    if entry is None:
        return False
    case.say("consult.faq", answer=entry.answer)
    await consultations.record(
        case.session,
        conversation_id=case.message.conversation,
        message_id=case.message.id,
        topic=topic,
        answered=True,
        now=case.now,
    )
    return True
