"""Goodbye and the score from 1 to 5; a low one is asked why (§1, close and satisfaction)."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.framework.journey import Journey
from actions.framework.turn import JourneyTurn
from actions.reading.answers import NOT_SAID, Reader, free_text_answer
from actions.reading.message import Message
from bot.desk.conversations import rating

LOW = 2
_CHINESE = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}


def score_in(message: Message) -> int | None:
    """Read a score: a star pressed, 5分, 五星, or a bare figure."""
    found = message.pick("score") or message.entity("rating")
    if found is None and (match := re.fullmatch(r"([1-5一二两三四五])(分|星|颗星)?", message.bare())):
        found = _CHINESE.get(match.group(1), match.group(1))
    number = int(found) if found is not None else 0
    return number if 1 <= number <= 5 else None


class RatingJourney(Journey):
    """Thank, invite a score, take it."""

    form = "rating_form"
    facts = ("score", "comment")
    volunteered: ClassVar[dict[str, Reader]] = {"score": score_in}
    free_text = frozenset({"comment"})

    async def script(self, turn: JourneyTurn) -> None:
        """Close the talk with a score."""
        if turn.message.intent in ("goodbye", "deny", "thank") and turn.asked == "score":
            turn.end("rating.farewell")
        if turn.get("score") is None and turn.asked is None:
            turn.say("rating.goodbye")
        given = turn.need("score", "rating.ask", score_in, custom={"kind": "rating"})
        if given == NOT_SAID:
            turn.end("rating.farewell")
        value = int(given)
        comment = None
        if value <= LOW:
            comment = str(turn.need("comment", "rating.ask_why", free_text_answer))
        await rating.rate(
            turn.session,
            conversation_id=turn.message.conversation,
            message_id=turn.message.id,
            score=value,
            comment=comment,
            now=turn.now,
            ticket_number=turn.get("ticket"),
        )
        turn.say("rating.thanks_low" if value <= LOW else "rating.thanks")
