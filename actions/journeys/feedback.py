"""Praise and suggestions: thanked and recorded (§3.7)."""

from __future__ import annotations

import re
from typing import ClassVar

from actions.framework.journey import Journey
from actions.framework.questions.confirm import open_ticket
from actions.framework.turn import JourneyTurn
from actions.reading.answers import Reader, account, free_text_answer

_SUGGESTS = re.compile(
    r"建议|希望|能不能|可不可以|最好|改进|改善|优化|应该|要是|如果|增加|添加|支持一下|考虑|提个|意见|不如|多(出|上|开|搞)|什么时候能"
)


class FeedbackJourney(Journey):
    """Record a suggestion or praise."""

    form = "feedback_form"
    facts = ("message", "what")
    volunteered: ClassVar[dict[str, Reader]] = {}
    free_text = frozenset({"message"})

    def take_wish(self, turn: JourneyTurn) -> None:
        """Take what is said at once when it says more than that there is something to say."""
        if account(turn.message.words):
            turn.set("message", turn.message.words[:500])
        elif not turn.message.is_button:
            # “表扬客服小李” tells whom, and is kept with what is told next.
            turn.set("what", turn.message.words[:200])

    async def script(self, turn: JourneyTurn) -> None:
        """Thank, record, promise an answer to a suggestion."""
        words = str(turn.need("message", "feedback.ask", free_text_answer))
        if (before := turn.get("what")) and before not in words:
            words = f"{before}；{words}"
        kind = "suggestion" if _SUGGESTS.search(words) else "praise"
        fields = {"what": words, "name": turn.get("name"), "phone": turn.get("phone")}
        ticket = await open_ticket(turn, kind, fields)
        turn.say(f"feedback.{kind}", ticket=ticket.number, number=ticket.number, due=ticket.due_at)
