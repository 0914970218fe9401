"""What becomes of a question: recorded on the conversation, or handed to somebody who can answer it (§3.1)."""

from __future__ import annotations

from actions.framework.case import Case
from bot.desk.conversations import consultations


async def record(case: Case, *, answered: bool, subject: str | None = None) -> None:
    """Record a question of the conversation by its topic, answered or not."""
    await consultations.record(
        case.session,
        conversation_id=case.message.conversation,
        message_id=case.message.id,
        topic=str(case.get("topic")),
        answered=answered,
        subject=subject,
        now=case.now,
    )


async def cannot_answer(case: Case, question: str) -> None:
    """Never say “I don't know”: note the question, promise a time, and say who will answer.

    Raises:
        Left: always.
    """
    await record(case, answered=False)
    case.set("question", question[:300] or case.get("question"))
    case.leave("handoff_form", "consult.cannot_answer")
