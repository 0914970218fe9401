"""The tone that suits a customer's anger: neutral, warm, apology 1 to 3."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AngerSigns:
    """What tells that a customer is angry, counted.

    `abusive`: messages with an insult; `complaints`: messages that complain; `angry`: anger in plain
    words; `repeats`: how often the customer came back with the same matter; `waited_late`: a promised
    time was not kept; `major`: the complaint's weight is major or urgent.
    """

    complaints: int = 0
    abusive: int = 0
    angry: bool = False
    repeats: int = 0
    waited_late: bool = False
    major: bool = False

    @property
    def level(self) -> int:
        """Return how angry the customer is, from 0 on."""
        return (
            min(self.complaints, 2)
            + 2 * min(self.abusive, 2)
            + 2 * self.angry
            + min(self.repeats, 2)
            + 2 * self.waited_late
            + 2 * self.major
        )


# Degrees from which the next rung is taken, beginning with apology1.
_RUNGS = (1, 3, 5)


def tone_for(heat: AngerSigns, *, small_talk: bool = False) -> str:
    """Return the tone for a customer's anger; without any, warm for small talk and neutral for facts."""
    rung = sum(heat.level >= degrees for degrees in _RUNGS)
    if rung:
        return f"apology{rung}"
    return "warm" if small_talk else "neutral"
