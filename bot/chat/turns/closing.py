"""Close a turn in one transaction: the answer is recorded and the message closed, unless staff have taken over."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.chat.speech.speaker import Speaker
from bot.chat.turns.engine_client import Bubble
from bot.chat.turns.inbound import TurnPlan
from bot.desk.conversations import conversations, messages, ownership
from bot.desk.sessions import WriteSession

UNSAID = "unsaid"
"""Key in what was understood of a withheld message: the question that the bot asked and nobody read."""


@dataclass(frozen=True)
class Answer:
    """What the bot says to a message, and what is kept of how it came to it.

    Args:
        bubbles: the sentences in order.
        understood: what the engine understood, None when it was not asked.
        state: of the message: `answered` or `failed`.
    """

    bubbles: Sequence[Bubble]
    understood: dict[str, Any] | None = None
    state: str = "answered"


class Closing(enum.Enum):
    """What became of a message at the end of its turn."""

    ANSWERED = "answered"
    FOR_STAFF = "for_staff"
    """Queue or staff own the conversation: nothing was said, the message is theirs."""
    CLOSED_BEFORE = "closed_before"
    """Another gateway was first."""
    GIVEN_BACK = "given_back"
    """It was meant for staff, but the bot owns the conversation again: its turn begins anew."""


async def close_turn(
    session: WriteSession, speaker: Speaker, plan: TurnPlan, answer: Answer | None, *, now: datetime
) -> Closing:
    """Close a message with its answer; who owns the conversation at this moment decides whether it is said.

    Args:
        session: a session that writes.
        speaker: says the bubbles.
        plan: the message and what was planned for it.
        answer: None for a message that staff are to answer.
        now: the present moment.
    """
    conversation = await conversations.locked(session, plan.conversation_id)
    if not ownership.bot_answers(conversation):
        return await _leave_to_staff(session, plan, answer)
    if answer is None:
        return Closing.GIVEN_BACK
    if not await messages.close(
        session, plan.message_id, understood=answer.understood, payload=plan.payload, state=answer.state
    ):
        return Closing.CLOSED_BEFORE
    if answer.understood is not None:
        conversation.outage_told_at = None
    await speaker.say(session, conversation, answer.bubbles, now=now, reply_to=plan.message_id)
    return Closing.ANSWERED


async def _leave_to_staff(session: WriteSession, plan: TurnPlan, answer: Answer | None) -> Closing:
    understood = None if answer is None else answer.understood
    state = "for_staff" if understood is None else "withheld"
    if answer is not None and understood is not None and understood.get("asked"):
        # The engine waits for an answer to this: it is asked when the bot has its turn again.
        understood = understood | {UNSAID: answer.bubbles[-1].model_dump()}
    closed = await messages.close(session, plan.message_id, understood=understood, payload=plan.payload, state=state)
    return Closing.FOR_STAFF if closed else Closing.CLOSED_BEFORE
