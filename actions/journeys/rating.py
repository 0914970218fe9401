"""Goodbye and the score from 1 to 5; a low one is asked why (§1, close and satisfaction)."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.framework.case import Case
from actions.framework.journey import Journey
from actions.reading.answers import Reader, narrative
from actions.reading.message import Message
from bot.desk.conversations import rating

LOW = 2
_CHINESE = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}


def score(message: Message) -> int | None:
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
    spots: ClassVar[dict[str, Reader]] = {"score": score}
    free = frozenset({"comment"})

    async def script(self, case: Case) -> None:
        """Close the talk with a score."""
        if case.message.intent in ("goodbye", "deny", "thank") and case.asked == "score":
            case.leave(None, "rating.farewell")
        if case.get("score") is None and case.asked is None:
            case.say("rating.goodbye")
        value = int(case.need("score", "rating.ask", score, custom={"kind": "rating"}))
        comment = None
        if value <= LOW:
            comment = str(case.need("comment", "rating.ask_why", narrative))
        await rating.rate(
            case.session,
            conversation_id=case.message.conversation,
            message_id=case.message.id,
            score=value,
            comment=comment,
            now=case.now,
            ticket_number=case.get("ticket"),
        )
        case.say("rating.thanks_low" if value <= LOW else "rating.thanks")
