"""Answers and steps that hold for everybody, from the shop's own data."""

from __future__ import annotations

from collections.abc import Collection

from actions.framework.turn import JourneyTurn
from bot.desk.conversations import consultations
from bot.desk.shop import faq
from bot.desk.shop.faq import FaqEntry
from bot.desk.shop.selfhelp import SelfHelp


def rule(text: str, topics: Collection[str]) -> FaqEntry | None:
    """Return the rule of the shop that a question asks for, among topics; None when no word of it stands there."""
    entry = faq.find_entry(None, text)
    return entry if entry is not None and entry.topic in topics else None


async def try_faq(turn: JourneyTurn, *, topic: str | None = None) -> bool:
    """Answer from the shop's list of questions; tell whether there was an answer.

    Args:
        turn: the turn.
        topic: intent under which the question is looked up; by default the message's.
    """
    topic = topic or turn.message.intent
    entry = faq.find_entry(topic, turn.message.words)
    if entry is None:
        return False
    await tell_rule(turn, entry, topic=topic)
    return True


async def tell_rule(turn: JourneyTurn, entry: FaqEntry, *, topic: str) -> None:
    """Say an answer of the shop's list and record that the question was answered."""
    turn.say(entry.phrase)
    await consultations.record(
        turn.session,
        conversation_id=turn.message.conversation,
        message_id=turn.message.id,
        topic=topic,
        answered=True,
        now=turn.now,
    )


def tell_steps(turn: JourneyTurn, found: SelfHelp) -> None:
    """Tell the steps of self-help; whoever asks for them again before saying whether they helped hears them again."""
    if turn.asked == "solved" and turn.message.intent == "ask_repeat":
        turn.say(found.phrase)
    else:
        turn.say_once(found.phrase)
