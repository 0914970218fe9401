"""The words that a card shows, to be checked like a sentence."""

from __future__ import annotations

_HIDDEN_KEYS = frozenset({"payload", "payloads", "kind", "start", "end", "sku", "skus", "id"})


def words_shown(value: object) -> list[str]:
    """Collect the words that a card shows; payloads, moments and codes are read by nobody."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [word for key, inner in value.items() if key not in _HIDDEN_KEYS for word in words_shown(inner)]
    if isinstance(value, list):
        return [word for inner in value for word in words_shown(inner)]
    return []
