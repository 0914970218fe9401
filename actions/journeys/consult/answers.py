"""What becomes of a question: recorded on the conversation, or handed to somebody who can answer it (§3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from actions.framework.say import embed
from actions.framework.turn import JourneyTurn
from actions.journeys.starts import HandoffStart
from bot.desk.conversations import consultations


async def record(turn: JourneyTurn, *, answered: bool, subject: str | None = None) -> None:
    """Record a question of the conversation by its topic, answered or not."""
    await consultations.record(
        turn.session,
        conversation_id=turn.message.conversation,
        message_id=turn.message.id,
        topic=str(turn.get("consult_topic")),
        answered=answered,
        subject=subject,
        now=turn.now,
    )


def specs_of(shown: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return properties of goods as a list of approved words.

    Args:
        shown: name and value of each.
    """
    return [embed("consult.spec", name=name, value=value) for name, value in shown]


async def cannot_answer(turn: JourneyTurn, question: str) -> None:
    """Never say “I don't know”: note the question, promise a time, and say who will answer.

    Raises:
        JourneyEnded: always.
    """
    await record(turn, answered=False)
    question = question[:300] or turn.get("unanswered_question")
    turn.continue_with(HandoffStart(unanswered_question=question), "consult.cannot_answer")
