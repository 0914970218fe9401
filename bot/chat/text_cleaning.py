"""Make any text fit for storage, and tell whether anything was said in it."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# C0 and C1 controls but tab and line feed, DEL, half pairs: PostgreSQL refuses NUL and UTF-8 the half pairs.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Letters by category, yet nothing is seen of them.
_INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean(text: str) -> str:
    """Return the text without control characters and half surrogate pairs; line ends become line feeds."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_json(value: Any) -> Any:
    """Clean every text of a decoded JSON value."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_json(inner) for inner in value]
    if isinstance(value, dict):
        return {clean(key): clean_json(inner) for key, inner in value.items()}
    return value


def is_blank(text: str) -> bool:
    """Tell whether a text shows nothing: blanks, format characters and fillers only."""
    return all(_shows_nothing(char) for char in text)


def _shows_nothing(char: str) -> bool:
    # Mn: a combining mark or variation selector on its own shows nothing worth an answer.
    return char in _INVISIBLE or unicodedata.category(char) in {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn"}
