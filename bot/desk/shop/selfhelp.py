"""Which approved phrase of the shop tells the steps that customers can take before somebody is sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.desk.shop.catalogue import fold
from bot.desk.shop.pack import Data, pack_file
from bot.desk.shop.word_match import matched_length


class Symptom(Data):
    """A fault and the phrase with the steps that often end it."""

    fault: str
    """Short name of the fault, 不制冷."""
    words: tuple[str, ...]
    """Words of customers for the fault."""
    phrase: str
    """Id of the approved phrase that says why this is checked, and the steps."""


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
    """What helps with one fault of one kind of goods.

    Attributes:
        appliance: kind of goods, 空调.
        fault: short name of the fault.
        phrase: id of the approved phrase with the steps.
    """

    appliance: str
    fault: str
    phrase: str


def find_help(category: str | None, text: str, *, pack: Path | None = None) -> SelfHelp | None:
    """Find what helps with a fault told in a text.

    Args:
        category: name, group or category of the goods when known; otherwise the text must name them.
        text: the customer's words.

    Returns:
        None when the goods or the fault have no steps.
    """
    folded, known = fold(text), fold(category or "")
    found = _appliances(self_help_guide(pack=pack), known, folded)
    matches = [(matched_length(symptom.words, folded), kind, symptom) for kind in found for symptom in kind.symptoms]
    best = max(matches, key=lambda match: match[0], default=None)
    if best is None or not best[0]:
        return None
    _, kind, symptom = best
    return SelfHelp(kind.name, symptom.fault, symptom.phrase)


def self_help_guide(*, pack: Path | None = None) -> Guide:
    """Return the kinds of goods and faults of the pack in use, or of the pack in `pack`."""
    return pack_file("selfhelp.yml", Guide, pack)


def _appliances(guide: Guide, known: str, text: str) -> list[Appliance]:
    """Return the kinds that the goods' name or group names; else those that the text names."""
    named = [kind for kind in guide.appliances if matched_length(kind.names, known)]
    return named or [kind for kind in guide.appliances if matched_length(kind.names, text)]
