"""Features of an utterance: character n-grams without word boundaries, numbers masked."""

from __future__ import annotations

import re

_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_ORDER = re.compile(r"(?<!\d)\d{12,}(?!\d)")
_LINK = re.compile(r"https?://[!-~]+")
_NUMBER = re.compile(r"\d{4,}")
_BLANKS = re.compile(r"\s+")
_REPEATED = re.compile(r"(.)\1{3,}")


def mask(folded: str) -> str:
    """Replace numbers and links by signs of their kind, squeeze blanks and repeated signs.

    Args:
        folded: a text folded by ``fold_text``.
    """
    text = _LINK.sub("⟨网⟩", folded)
    text = _PHONE.sub("⟨话⟩", text)
    text = _ORDER.sub("⟨单⟩", text)
    text = _NUMBER.sub("⟨数⟩", text)
    text = _REPEATED.sub(r"\1\1\1", text)
    return _BLANKS.sub(" ", text).strip()


def ngrams(masked: str, longest: int) -> list[str]:
    """Return all character n-grams of ``^masked$`` from 1 to ``longest``."""
    framed = f"^{masked}$"
    length = len(framed)
    return [framed[i : i + n] for n in range(1, longest + 1) for i in range(length - n + 1)]
