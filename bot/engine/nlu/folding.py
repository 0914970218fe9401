"""Fold a customer's text as the phrasebook does and keep the way back to the original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phrasebook.filter.fold import fold, fold_map

# The phrasebook leaves Chinese punctuation; understanding does not tell the two styles apart.
_PUNCTUATION = str.maketrans("，。！？；：（）￥～—–【】「」“”‘’、", ',.!?;:()¥~--[]""""\'\',')


@dataclass(frozen=True)
class FoldedText:
    """A folded text and, for each of its characters, the place in the original."""

    original: str
    text: str
    origins: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's span of ``text[start:end]``."""
        if start >= end:
            place = self.origins[start] if start < len(self.origins) else len(self.original)
            return place, place
        return self.origins[start], self.origins[end - 1] + 1


def fold_text(original: str) -> FoldedText:
    """Fold ``original``; offsets lead back exactly."""
    if fold(original) == original:
        return FoldedText(original, original.translate(_PUNCTUATION), range(len(original)))
    text, origins = fold_map(original)
    return FoldedText(original, text.translate(_PUNCTUATION), origins)
