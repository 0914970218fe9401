"""Authored dialogues: what a customer says first, answers when asked, and what must stand in the database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

DATA = Path(__file__).parent / "data"
MOST_TURNS = 30
CATEGORIES = {
    "phones": ("手机",),
    "appliances": ("家电", "大家电", "小家电", "厨房电器", "厨电"),
    "clothes": ("服装", "鞋包"),
    "food": ("食品",),
    "furniture": ("家具",),
    "fresh": ("生鲜",),
    "books": ("图书",),
    "software": ("软件",),
    "custom": ("定制",),
}
"""The authors' words for kinds of goods, and the demo shop's."""

_ASKED = (
    (re.compile(r"^proof\."), "digits"),
    (re.compile(r"\.restate"), "confirmed"),
    (re.compile(r"^(order\.ask_number|order\.invite_number|\w+\.ask_order)$"), "order"),
    (re.compile(r"^(order\.confirm_cancel|order\.ask_return_instead|progress\.confirm_\w+)$"), "agreed"),
    (re.compile(r"^repair\.ask_slot\w*|^repair\.slot_taken$"), "slot"),
    (re.compile(r"^repair\.fee_(out|unknown)$"), "fee_ok"),
    (re.compile(r"^\w+\.ask_product\w*$|^consult\.ask_which$"), "product"),
    (re.compile(r"^\w+\.ask_\w*phone$"), "phone"),
    (re.compile(r"^consult\.offer_restock$"), "restock"),
    (re.compile(r"^progress\.(ask_number|ask_which|mistyped)$"), "ticket"),
    (re.compile(r"^order\.ask_(address|time|invoice)$"), "value_{0}"),
    (re.compile(r"^feedback\.ask$"), "message"),
    (re.compile(r"^rating\.ask$"), "score"),
    (re.compile(r"^rating\.ask_why$"), "comment"),
    (re.compile(r"^\w+\.ask_(\w+)$"), "{0}"),
)
"""Which fact a phrase asks for."""


@dataclass(frozen=True)
class Bubble:
    """One sentence of the bot."""

    phrase: str
    text: str
    buttons: tuple[str, ...] = ()
    ticket: str | None = None


@dataclass
class Dialogue:
    """One authored dialogue."""

    name: str
    journey: str
    style: str
    order: str | None
    says: list[str]
    answers: dict[str, Any]
    expect: dict[str, Any]

    def filled(self, order: dict[str, Any] | None) -> Dialogue:
        """Return the dialogue with a demo order's data in the place of `{order}`, `{digits}` and so on."""
        if order is None:
            return self
        values = {
            "order": order["number"],
            "digits": order["phone"][-4:],
            "phone": order["phone"],
            "name": order["customer"],
            "address": order["address"],
            "product": order["items"][0]["product"],
        }

        def fill(value: Any) -> Any:
            if isinstance(value, str):
                return re.sub(r"\{(\w+)\}", lambda match: str(values[match.group(1)]), value)
            if isinstance(value, list):
                return [fill(item) for item in value]
            if isinstance(value, dict):
                return {key: fill(item) for key, item in value.items()}
            return value

        return Dialogue(
            self.name, self.journey, self.style, self.order, fill(self.says), fill(self.answers), fill(self.expect)
        )


def load(name: str) -> list[Dialogue]:
    """Read a file of dialogues."""
    return [Dialogue(**entry) for entry in YAML(typ="safe").load(DATA / name)]


def order_for(wanted: str | None, orders: Iterable[dict[str, Any]], now: datetime) -> dict[str, Any] | None:
    """Return a demo order in the state that a dialogue wants: `delivered_5/phones`, `paid` …

    Raises:
        LookupError: the demo shop has none.
    """
    if wanted is None:
        return None
    state, _, category = wanted.partition("/")
    state, _, days = state.partition("_")
    for order in orders:
        kinds = CATEGORIES.get(category)
        fits = order["state"] == state and (kinds is None or order["items"][0]["category"] in kinds)
        single = len(order["items"]) == 1
        if fits and single and (not days or _days_since(order["delivered_at"], now) == int(days)):
            return order
    raise LookupError(f"the demo shop has no order {wanted!r}")


def _days_since(at: str, now: datetime) -> int:
    return (now.date() - datetime.fromisoformat(at).astimezone(now.tzinfo).date()).days


def asked_in(bubbles: Sequence[Bubble]) -> str | None:
    """Return the fact that the last question among bubbles asks for."""
    for bubble in reversed(bubbles):
        for pattern, fact in _ASKED:
            if match := pattern.search(bubble.phrase):
                return fact.format(*match.groups())
    return None


class Customer:
    """Answer what is asked as the dialogue's author wrote it."""

    def __init__(self, dialogue: Dialogue) -> None:
        """Take the dialogue's lines."""
        self._first = list(dialogue.says)
        self._answers = {key: _several(value) for key, value in dialogue.answers.items()}
        self._used: dict[str, int] = {}

    def next(self, bubbles: Sequence[Bubble]) -> str | None:
        """Return the next thing to say; None when nothing is left to say."""
        if self._first:
            return self._first.pop(0)
        fact = asked_in(bubbles)
        fact = {"which": "product", "value_invoice": "value_invoice"}.get(fact or "", fact)
        lines = self._answers.get(fact or "")
        if fact is None or not lines:
            return None
        place = self._used.get(fact, 0)
        self._used[fact] = place + 1
        if place >= len(lines) + 2:
            return None
        return lines[min(place, len(lines) - 1)]


def _several(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
