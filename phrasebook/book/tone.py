"""Climb the tone ladder by the heat of a complaint: neutral, warm, apology 1 to 3."""

from __future__ import annotations

from dataclasses import dataclass

from phrasebook.book.book import TONES


@dataclass(frozen=True)
class Heat:
    """Count what makes a conversation hot.

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
    def degrees(self) -> int:
        """Sum the heat to a number from 0 on."""
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


def tone_for(heat: Heat, *, small_talk: bool = False) -> str:
    """Name the rung of the ladder for a heat; without any, warm for talk and neutral for facts."""
    rung = sum(heat.degrees >= degrees for degrees in _RUNGS)
    if rung:
        return f"apology{rung}"
    return "warm" if small_talk else "neutral"


def cooler(tone: str) -> str:
    """Name the rung below, for when the customer has calmed down."""
    index = TONES.index(tone)
    return TONES[max(0, index - 1)]
