"""The types of facts, as `domain.yml` declares them: what a slot may hold."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML

from actions.reading.answers import NOT_SAID
from bot.settings import ROOT

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "bool": (bool,),
    "float": (int, float),
    "list": (list,),
    "categorical": (str,),
    "any": (object,),
}


@lru_cache(maxsize=1)
def declared_slots() -> dict[str, dict[str, Any]]:
    """Return the slots of `domain.yml`."""
    slots: dict[str, dict[str, Any]] = YAML(typ="safe").load(ROOT / "domain.yml")["slots"]
    return slots


def check_value(slot: str, value: Any) -> None:
    """Check a value against the type of its slot; any fact may also be forgotten (None) or not said.

    Raises:
        LookupError: `domain.yml` has no such slot.
        TypeError: the value is of another type, or none of a categorical slot's values.
    """
    declared = declared_slots().get(slot)
    if declared is None:
        raise LookupError(f"domain.yml: no slot {slot}; available: {', '.join(sorted(declared_slots()))}")
    if value is None or value == NOT_SAID:
        return
    kind = declared["type"]
    fits = isinstance(value, _PYTHON_TYPES[kind]) and not (kind == "float" and isinstance(value, bool))
    if kind == "categorical":
        fits = value in declared["values"]
    if not fits:
        raise TypeError(f"domain.yml: slot {slot} is {kind}, and was given a {type(value).__name__} that does not fit")
