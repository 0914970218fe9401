"""Fold a customer's text as the phrasebook does and keep the way back to the original."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class FoldedText:
    """A folded text and, for each of its characters, the place in the original."""

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's span of ``text[start:end]``."""
        if start >= end:
            place = self.starts[start] if start < len(self.starts) else len(self.original)
            return place, place
        return self.starts[start], self.ends[end - 1]


def fold_text(original: str) -> FoldedText:
    """Fold ``original``; offsets lead back exactly."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(original):
        for folded in unicodedata.normalize("NFKC", character).lower():
            characters.append(folded)
            starts.append(place)
            ends.append(place + 1)
    return FoldedText(original, "".join(characters), tuple(starts), tuple(ends))
