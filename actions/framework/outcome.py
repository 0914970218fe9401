"""How a turn of a journey ends: what it changed, and what goes on after it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar


class AwaitingAnswer(Exception):  # noqa: N818 - no error: the way a script ends a turn
    """Raised when the customer has been asked: the turn ends here."""


class JourneyEnded(Exception):  # noqa: N818 - no error: the way a script ends early
    """Raised when the journey ends before the end of its script."""


@dataclass(frozen=True, kw_only=True)
class JourneyStart:
    """A journey to go on with and the facts it begins with; each field of a subclass is a slot."""

    form: ClassVar[str]

    def facts(self) -> dict[str, Any]:
        """Return the slots that are given."""
        given = {slot.name: getattr(self, slot.name) for slot in fields(self)}
        return {name: value for name, value in given.items() if value is not None}


@dataclass(slots=True)
class TurnOutcome:
    """What a turn has come to so far.

    Args:
        message_consumed: the message has been dealt with: it answers no further question.
        changed: slots that were set, None for what was forgotten.
        next_action: the form or action that goes on after this one.
        next_facts: what that form begins with.
    """

    message_consumed: bool = False
    changed: dict[str, Any] = field(default_factory=dict)
    next_action: str | None = None
    next_facts: dict[str, Any] = field(default_factory=dict)
