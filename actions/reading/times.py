"""Times in a message, as the engine's time parser read them from `received_at`."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from actions.reading.answers import is_question, says_only_facts
from actions.reading.message import Message

_TIMELY = re.compile(
    r"[天周月点早晚午夜年日时前后头节初底]|\d+号|[一二三四五六七八九十]号|刚|才|今|明|昨|上次|上回|最近|一直|每次|现在|以来|春|夏|秋|冬|礼拜|星期|双十|618"
)
"""Words of time that name no moment."""


def time_span_in(message: Message) -> dict[str, Any] | None:
    """Return the first span of time in a message: start, end, grain, ambiguous, alternatives."""
    return next((found for found, _ in _meant(message)), None)


def _meant(message: Message) -> list[tuple[dict[str, Any], tuple[int, int]]]:
    """List the spans of time with their places, without those that are denied: “不是上周五，是上周六”."""
    named = zip(message.values("time"), message.spans("time"), strict=False)
    return [
        (found, place)
        for found, place in named
        if isinstance(found, dict) and not message.text[: place[0]].endswith(("不是", "并非"))
    ]


def time_words_in(message: Message) -> str | None:
    """Return the customer's own words of the times in a message, from the first to the last."""
    spans = [(start, end) for _, (start, end) in _meant(message) if end <= len(message.text)]
    return message.text[min(start for start, _ in spans) : max(end for _, end in spans)] if spans else None


def past_moment_in(message: Message) -> str | None:
    """Read when something happened: the start of a span that is not to come, ISO 8601."""
    found = time_span_in(message)
    if found is None:
        return None
    begins = (str(reading["start"]) for reading in [found, *found.get("alternatives", [])])
    start = next((begin for begin in begins if datetime.fromisoformat(begin) <= message.received_at), None)
    if start is None:
        return None
    return start[:10] if found["grain"] in ("day", "range") else start


def past_moment_answer(message: Message) -> str | None:
    """Read the answer to “when was that?”: a time, else the words themselves."""
    if time_span_in(message) is None and (says_only_facts(message) or is_question(message.words)):
        return None
    return past_moment_in(message) or (message.words[:60] if _TIMELY.search(message.words) else None)
