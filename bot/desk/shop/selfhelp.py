"""Steps that customers can take themselves before somebody is sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import field_validator

from bot.desk.shop.catalogue import fold
from bot.desk.shop.pack import Data, pack_file
from bot.desk.shop.word_match import score


class Symptom(Data):
    """A fault with the steps that often end it."""

    fault: str
    """Short name of the fault, 不制冷."""
    words: tuple[str, ...]
    why: str
    """Why this is checked, in words for the customer."""
    steps: tuple[str, ...]

    @field_validator("steps")
    @classmethod
    def _some(cls, steps: tuple[str, ...]) -> tuple[str, ...]:
        if not 1 <= len(steps) <= 5:
            raise ValueError(f"{len(steps)} steps; 1 to 5 can be followed in a chat")
        return steps


class Appliance(Data):
    """A kind of goods with its faults."""

    name: str
    names: tuple[str, ...]
    """Groups of the catalogue and words of customers."""
    symptoms: tuple[Symptom, ...]


class Guide(Data):
    """The file."""

    appliances: tuple[Appliance, ...]


@dataclass(frozen=True, slots=True)
class SelfHelp:
    """Steps for one fault of one kind of goods.

    Attributes:
        appliance: kind of goods, 空调.
        fault: short name of the fault.
        why: why this is checked, in words for the customer.
        steps: in order, each a sentence for the customer.
    """

    appliance: str
    fault: str
    why: str
    steps: tuple[str, ...]


def steps(category: str | None, text: str, *, pack: Path | None = None) -> SelfHelp | None:
    """Return the steps for a fault told in a text.

    Args:
        category: name, group or category of the goods when known; otherwise the text must name them.
        text: the customer's words.

    Returns:
        None when the goods or the fault have no steps.
    """
    folded, known = fold(text), fold(category or "")
    found = _appliances(pack_file("selfhelp.yml", Guide, pack), known, folded)
    matches = [(score(symptom.words, folded), kind, symptom) for kind in found for symptom in kind.symptoms]
    best = max(matches, key=lambda match: match[0], default=None)
    if best is None or not best[0]:
        return None
    _, kind, symptom = best
    return SelfHelp(kind.name, symptom.fault, symptom.why, symptom.steps)


def _appliances(guide: Guide, known: str, text: str) -> list[Appliance]:
    """Return the kinds that the goods' name or group names; else those that the text names."""
    named = [kind for kind in guide.appliances if score(kind.names, known)]
    return named or [kind for kind in guide.appliances if score(kind.names, text)]
