"""Which journey serves which intent, and what is heard inside any journey: read from the rules in `data/stories`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.settings import ROOT

STORIES = ROOT / "data" / "stories"
INTERRUPTIONS = STORIES / "interruptions.yml"
"""Rules that act when a form rejects a message."""


def rules_in(path: Path) -> list[dict[str, Any]]:
    """Return the rules of a file."""
    rules: list[dict[str, Any]] = YAML(typ="safe").load(path)["rules"]
    return rules


def answered_intents(rules: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield each intent that begins a rule, with the form or action that answers it."""
    for rule in rules:
        first, second, *_ = rule["steps"]
        for step in first.get("or", [first]):
            if "intent" in step:
                yield step["intent"], second["action"]


_INSIDE = tuple(answered_intents(rules_in(INTERRUPTIONS)))

COURTESIES = frozenset(intent for intent, action in _INSIDE if not action.endswith("_form"))
"""Intents that are answered in passing while a question is open."""

URGENT = frozenset(intent for intent, action in _INSIDE if action.endswith("_form"))
"""Intents whose journey goes before any question."""

FORM_OF_INTENT: dict[str, str] = {
    intent: action
    for path in sorted(STORIES.glob("*.yml"))
    for intent, action in answered_intents(rules_in(path))
    if action.endswith("_form") and intent not in COURTESIES
}
"""Wishes: intents that begin a journey, wherever they are told, and the form of that journey."""
