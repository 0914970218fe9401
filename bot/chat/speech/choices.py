"""What a bubble offers to choose from, and which of it a customer without buttons has chosen."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phrasebook.book.values import say_date_time, say_time

_MARKS = " \t\n.。,，、!！?？:：;；()（）[]【】\"'“”‘’"


@dataclass(frozen=True)
class Choice:
    """One thing to choose: the words the customer sees, and what a press of it sends."""

    title: str
    payload: str


def choices_of(buttons: Sequence[Mapping[str, Any]] | None, custom: Mapping[str, Any] | None) -> list[Choice]:
    """Return the choices of a bubble in the order they are drawn: its buttons, then those of its card.

    Args:
        buttons: `{"title", "payload"}` each.
        custom: the bubble's card: slots, orders or stars (`docs/protocol.md`).
    """
    card = custom or {}
    found = [Choice(str(button["title"]), button["payload"]) for button in buttons or ()]
    for slot in card.get("slots", ()):
        if "payload" in slot:
            found.append(Choice(f"{say_date_time(slot['start'])}—{say_time(slot['end'])}", slot["payload"]))
    for order in card.get("orders", ()):
        if "payload" in order:
            found.append(Choice(str(order["number"]), order["payload"]))
    stars = enumerate(card.get("payloads", ()), start=1)
    return found + [Choice("★" * number, payload) for number, payload in stars]


def chosen(text: str, choices: Sequence[Choice]) -> Choice | None:
    """Return the choice that a text names by its number or its words."""
    said = _plain(text)
    if said.isdecimal() and len(said) <= 2 and 1 <= int(said) <= len(choices):
        return choices[int(said) - 1]
    return next((choice for choice in choices if _plain(choice.title) == said), None)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip(_MARKS).casefold()
