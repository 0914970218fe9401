"""Times in a message, as the engine's time parser read them from `received_at`."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from actions.message import Message
from actions.reading import is_question, says_only_facts

_TIMELY = re.compile(
    r"[天周月点早晚午夜年日时前后头节初底]|\d+号|[一二三四五六七八九十]号|刚|才|今|明|昨|上次|上回|最近|一直|每次|现在|以来|春|夏|秋|冬|礼拜|星期|双十|618"
)
"""Words of time that name no moment."""


def span(message: Message) -> dict[str, Any] | None:
    """Return the first span of time in a message: start, end, grain, ambiguous, alternatives."""
    found = message.entity("time")
    return found if isinstance(found, dict) else None


def words_of_time(message: Message) -> str | None:
    """Return the customer's own words of the times in a message, from the first to the last."""
    spans = [(start, end) for start, end in message.spans("time") if end <= len(message.text)]
    return message.text[min(start for start, _ in spans) : max(end for _, end in spans)] if spans else None


def moment(message: Message) -> str | None:
    """Read when something happened: the start of a span that is not to come, ISO 8601."""
    found = span(message)
    if found is None:
        return None
    start = datetime.fromisoformat(found["start"])
    if start > message.received_at:
        return None
    return found["start"][:10] if found["grain"] in ("day", "range") else str(found["start"])


def moment_said(message: Message) -> str | None:
    """Read the answer to “when was that?”: a time, else the words themselves."""
    if span(message) is None and (says_only_facts(message) or is_question(message.words)):
        return None
    return moment(message) or (message.words[:60] if _TIMELY.search(message.words) else None)
