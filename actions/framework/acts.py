"""What a customer's message may do to the question that is open: the result of interpreting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Act(StrEnum):
    """What a message does."""

    INTERRUPTS = "interrupts"
    """Danger, a call for a person, a courtesy: a rule of `data/stories/interruptions.yml` answers it."""
    GIVES_UP = "gives_up"
    SWITCHES = "switches"
    """Gives the matter up for another journey."""
    ASKS_REASON = "asks_reason"
    """Asks what the fact is needed for."""
    CORRECTS = "corrects"
    ANSWERS = "answers"
    WAITS = "waits"
    """Asks for a moment."""
    ASKS_RULE = "asks_rule"
    """Asks for a rule of the shop."""
    REMARKS = "remarks"
    """Tells something of the journey's own beside the question."""
    URGES = "urges"
    """Urges though there is no ticket to urge."""
    WISHES_AGAIN = "wishes_again"
    """Tells the journey's own wish anew."""
    WISHES_OTHER = "wishes_other"
    UNCLEAR = "unclear"
    """Nothing of all that; facts asked for later may still stand in it."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a message does, and with what.

    Args:
        act: what it does.
        facts: facts that it tells, by slot; None for one that no longer holds.
        form: the journey that it leads to.
        phrase: what is said to it before the question is asked again.
        variables: of that phrase.
    """

    act: Act
    facts: Mapping[str, Any] = field(default_factory=dict)
    form: str = ""
    phrase: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)

    @property
    def leaves_question_open(self) -> bool:
        """Tell whether the message may still be the answer to the question asked."""
        return self.act is Act.ANSWERS or (self.act is Act.UNCLEAR and not self.facts)
