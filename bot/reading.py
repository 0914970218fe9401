"""What a message does in answer to the question asked: the one result of whatever reads answers.

The engine writes it and the journeys take it (`reading` in docs/design.md); a second reader needs to know no more than
this module. Runs in both environments: standard library only.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

ACTS = (
    "answer",  # gives what was asked
    "partial",  # gives a part of it
    "refuse",  # cannot or will not tell
    "agree",  # says yes to what was proposed or restated
    "agree_but",  # says yes with a reserve: never to be taken for a yes
    "disagree",  # says no to what was proposed or restated
    "wrong_part",  # names what is wrong, without the right value
    "correct",  # puts a value right
    "add",  # adds to what was told before
    "ask_back",  # asks about the question itself
    "ask_other",  # asks something else
    "other_wish",  # wants something else now
    "courtesy",  # nods, thanks, greets: no answer
    "wait",  # asks to wait
    "unclear",  # nobody can understand it
)


@dataclass(frozen=True)
class Act:
    """One likely act of a message."""

    name: str
    confidence: float


@dataclass(frozen=True)
class Value:
    """Words of the message that are a value, whichever question was asked.

    Args:
        label: what the value is: `name`, `phone`, `address`, `fault`, `time` … (docs/nlu.md, “Reading an answer”).
        text: the customer's own words, fillers and titles cut off.
        start: where they begin in the message.
        end: where they end in the message.
        value: the value in its normal form: digits of a number, an interval of time, a product's SKU; else the text.
        confidence: how sure the reader is of words and label.
        taken_back: whether the customer denies the value (“不是周三”), so that it must not be used.
    """

    label: str
    text: str
    start: int
    end: int
    value: Any
    confidence: float
    taken_back: bool = False


@dataclass(frozen=True)
class Choice:
    """Which of the options on offer was chosen.

    Args:
        index: its place among the options, from 0.
        confidence: how sure the reader is.
    """

    index: int
    confidence: float


@dataclass(frozen=True)
class Reading:
    """What a message does in answer to a question.

    Args:
        question: the question as the reader knows it (`bot/engine/nlu/reading/questions.yml`).
        act: what the message does, one of `ACTS`.
        confidence: how sure the reader is of the act.
        likely: the likeliest acts, best first.
        values: the values told, in the order of the message.
        choice: the option chosen, where options were offered.
        kind: the answer to a question of a kind: `yes`, `opened`, `refund` …; None when it says none.
    """

    question: str
    act: str
    confidence: float
    likely: tuple[Act, ...] = field(default=())
    values: tuple[Value, ...] = field(default=())
    choice: Choice | None = None
    kind: str | None = None

    def told(self, label: str) -> list[Value]:
        """Return the values of a label that were not taken back."""
        return [value for value in self.values if value.label == label and not value.taken_back]

    def to_json(self) -> dict[str, Any]:
        """Return the reading as the contract of docs/design.md has it."""
        return {
            **asdict(self),
            "likely": [asdict(act) for act in self.likely],
            "values": [asdict(value) for value in self.values],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Reading:
        """Read what `to_json` wrote.

        Raises:
            KeyError: a key is missing.
            TypeError: a key is unknown.
        """
        choice = data.get("choice")
        return cls(
            question=data["question"],
            act=data["act"],
            confidence=data["confidence"],
            likely=tuple(Act(**act) for act in data["likely"]),
            values=tuple(Value(**value) for value in data["values"]),
            choice=Choice(**choice) if choice else None,
            kind=data.get("kind"),
        )
