"""What an extractor finds: a named value and its span in the folded text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class FoundEntity:
    """One entity; ``start`` and ``end`` count folded characters, ``more`` holds what stands beside the value."""

    entity: str
    value: Any
    start: int
    end: int
    more: dict[str, Any] = field(default_factory=dict)

    def overlaps(self, others: Iterable[FoundEntity]) -> bool:
        """Say whether the span shares a character with one of ``others``."""
        return any(self.start < other.end and other.start < self.end for other in others)


def without_overlap(found: Iterable[FoundEntity], taken: Iterable[FoundEntity] = ()) -> list[FoundEntity]:
    """Return ``found`` from left to right, the longer first, without those that touch ``taken``."""
    kept = list(taken)
    fresh: list[FoundEntity] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        if not one.overlaps(kept):
            kept.append(one)
            fresh.append(one)
    return sorted(fresh, key=lambda f: f.start)
