"""How alike two messages are, and groups of messages that are alike: by characters and pairs of characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from phrasebook.filter.fold import fold

ALIKE = 0.4
_NUMBER = re.compile(r"[a-z]*\d[\da-z-]{2,}")
_SILENT = re.compile(r"[^\w#]+|_+")


def essence(text: str) -> str:
    """Return a text folded, numbers as one sign, without punctuation and blanks: the same essence says the same."""
    return _SILENT.sub("", _NUMBER.sub("#", fold(text)))


def likeness(one: str, other: str) -> float:
    """Return 0 for nothing in common to 1 for the same words."""
    return _shared(_grams(essence(one)), _grams(essence(other)))


def group(texts: Sequence[str], *, alike: float = ALIKE) -> list[list[int]]:
    """Put texts that are alike together.

    Each text joins the group whose first text it is most like, or begins one; frequent texts come first.

    Args:
        texts: messages.
        alike: least likeness to the first text of a group.

    Returns:
        places of the texts, one list a group, largest group first.
    """
    essences = [essence(text) for text in texts]
    counts = Counter(essences)
    leaders: list[frozenset[str]] = []
    holding: dict[str, list[int]] = {}
    group_of: dict[str, int] = {}
    for one in sorted(counts, key=lambda text: (-counts[text], text)):
        grams = _grams(one)
        place = _nearest(grams, leaders, holding, alike)
        if place is None:
            place = len(leaders)
            leaders.append(grams)
            for gram in grams:
                holding.setdefault(gram, []).append(place)
        group_of[one] = place
    groups: list[list[int]] = [[] for _ in leaders]
    for at, one in enumerate(essences):
        groups[group_of[one]].append(at)
    return sorted(groups, key=lambda places: (-len(places), places))


def _nearest(
    grams: frozenset[str], leaders: Sequence[frozenset[str]], holding: dict[str, list[int]], alike: float
) -> int | None:
    common = Counter(place for gram in grams for place in holding.get(gram, ()))
    best, nearest = alike, None
    for place in sorted(common):
        share = 2 * common[place] / (len(grams) + len(leaders[place]))
        if share >= best and (nearest is None or share > best):
            best, nearest = share, place
    return nearest


def _grams(text: str) -> frozenset[str]:
    return frozenset(text) | frozenset(text[at : at + 2] for at in range(len(text) - 1))


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0
