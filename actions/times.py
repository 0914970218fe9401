"""Times in a message, as the engine's time parser read them from `received_at`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from actions.message import Message


def span(message: Message) -> dict[str, Any] | None:
    """Return the first span of time in a message: start, end, grain, ambiguous, alternatives."""
    found = message.entity("time")
    return found if isinstance(found, dict) else None


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
    return moment(message) or (message.words[:60] if len(message.bare()) >= 2 else None)
