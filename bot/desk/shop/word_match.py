"""Match a customer's words with the words of an entry of shop data."""

from __future__ import annotations

from collections.abc import Iterable

from bot.desk.shop.catalogue import fold_name


def matched_length(words: Iterable[str], text: str) -> int:
    """Return how many characters of a text the words match; a word inside a longer matched one does not count.

    A word written `价格+保护` matches when both parts stand in the text, in any order.

    Args:
        words: of the entry, in any width and case.
        text: folded by `fold`.
    """
    matched = [part for word in words for part in _parts(word, text)]
    longest = {part for part in matched if not any(part != other and part in other for other in matched)}
    return sum(len(part) for part in longest)


def _parts(word: str, text: str) -> list[str]:
    parts = [fold_name(part) for part in word.split("+")]
    return parts if all(part and part in text for part in parts) else []
