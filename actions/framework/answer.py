"""The answer to a question: what may be chosen, and what a message says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from actions.framework.say import embed
from actions.reading.answers import Reader, says_none, yes_no
from actions.reading.message import Message


class Choice:
    """One of several answers to choose from, shown as a button.

    Args:
        value: what the slot holds once it is chosen.
        title: phrase of the button.
        variables: of that phrase.
    """

    def __init__(self, value: Any, title: str, **variables: Any) -> None:
        self.value, self.title, self.variables = value, title, variables


@dataclass(frozen=True, slots=True)
class Answer:
    """What a message says in answer to a question.

    Args:
        value: the fact; None when the message holds none.
        refused: the customer has not got the fact, does not know it or does not want to tell it.
    """

    value: Any | None = None
    refused: bool = False


def read_answer(message: Message, slot: str, read: Reader, *, choices: Sequence[Choice] = ()) -> Answer:
    """Read the answer to the question about a slot out of a message.

    Args:
        message: the customer's message.
        slot: the fact asked for.
        read: takes the fact out of the words; None when they hold none.
        choices: answers on offer; their button, their ordinal, and a yes where there is only one, count as well.
    """
    picked = message.pick(slot)
    if picked is not None:
        return Answer(picked)
    value = read(message)
    if value is None:
        value = _chosen(message, choices)
    if value is not None:
        return Answer(value)
    return Answer(refused=says_none(message))


def title_of(choices: Sequence[Choice], value: Any) -> dict[str, Any]:
    """Return the title of a value's button as a variable: the wire puts the words of that phrase in its place."""
    return embed(next(choice.title for choice in choices if choice.value == value))


def _chosen(message: Message, choices: Sequence[Choice]) -> Any | None:
    number = message.entity("choice")
    if number is not None and 1 <= abs(int(number)) <= len(choices):
        # Minus one is the last one.
        return choices[int(number) - (int(number) > 0)].value
    return choices[0].value if len(choices) == 1 and yes_no(message) else None
