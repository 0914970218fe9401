"""Fold a text to the one form in which phrases and messages are compared.

Folded are: width, case, styled letters, traditional characters, look-alike letters, accents, digits
of every style; left out are characters one cannot see. Chinese punctuation stays, so that ordinary
sentences need no folding at all: one regular expression finds that out in a fraction of a
microsecond. Every character is folded for itself, so offsets map back exactly, and folding a folded
text changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

_TABLES = Path(__file__).parents[1] / "tables"
# Invisible although Unicode counts them as letters or marks of their own.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_BLANK = frozenset("\u2800\t\u200b\ufeff") - {"\u200b", "\ufeff"}
# Punctuation that takes part in numbers and addresses; the rest of it stays as it is.
_PUNCTUATION = {
    "\uff20": "@",
    "\uff0e": ".",
    "\uff0d": "-",
    "\uff3f": "-",
    "_": "-",
    "\uff05": "%",
    "\uff0b": "+",
    "\uff0a": "*",
    "\ufe61": "*",
    "\ufe63": "-",
}
# The guard never looks into these: their folding is the identity, but for the pairs of the table.
_HAN = range(0x3400, 0xA000)
_HANGUL = range(0xAC00, 0xD7A4)
_MEMORY = 200_000


def table_rows(name: str) -> Iterable[str]:
    """Read the rows of a shipped table without its comments."""
    lines = (_TABLES / name).read_text(encoding="utf-8").splitlines()
    return (line for line in lines if line and not line.startswith("#"))


_SIMPLE = {row[0]: row[1] for row in table_rows("traditional.txt")}
_SIMPLE.update((char, row[0]) for row in table_rows("han_look_alikes.txt") for char in row[2:])
_LATIN = {char: row[0] for row in table_rows("look_alikes.txt") for char in row[2:]}


def _fold_char(char: str) -> str:
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:  # half a pair: the matchers and UTF-8 refuse it
        return "\ufffd"
    if char in _INVISIBLE:
        return ""
    if char in _PUNCTUATION:
        return _PUNCTUATION[char]
    if 0x1F1E6 <= code <= 0x1F1FF:  # flags are pairs of these letters
        return chr(code - 0x1F1E6 + 97)
    if 0x1F150 <= code <= 0x1F169 or 0x1F170 <= code <= 0x1F189:  # letters in black discs, squares
        return chr((code - 0x1F150) % 32 + 97)
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf", "Cc") and char not in "\n\t":
        return "\n" if char in "\r\x85\x0b\x0c" else ""
    if char in _BLANK or category == "Zs":
        return " "
    if category in ("Zl", "Zp"):
        return "\n"
    if (digit := unicodedata.digit(char, None)) is not None:
        return str(digit)
    return _fold_letter(char, category)


def _fold_letter(char: str, category: str) -> str:
    if char in _LATIN:
        return _LATIN[char]
    if ord(char) in _HANGUL:
        return char
    apart = unicodedata.normalize("NFKD", char)
    bare = "".join(c for c in apart if unicodedata.category(c) != "Mn").casefold()
    bare = "".join(_LATIN.get(c, _SIMPLE.get(c, c)) for c in bare)
    if category[0] in "PS" and not bare.isalnum():
        inner = bare.strip("()")
        return inner if inner != bare and inner.isalnum() else char  # ⒮ is s, … stays
    return bare or char


def _settled(char: str) -> str:
    """Fold until nothing changes, so that folding is idempotent for every character."""
    text = _fold_char(char)
    for _ in range(4):
        again = "".join(_fold_char(c) for c in text)
        if again == text:
            break
        text = again
    return text


class _Table(dict[int, str]):
    """Answer `str.translate`; characters beyond the prepared ones are folded when first met."""

    def __missing__(self, code: int) -> str:
        folded = _settled(chr(code))
        if len(self) < _MEMORY:  # a flood of rare characters must not eat the memory
            self[code] = folded
        return folded


def _prepare() -> tuple[_Table, re.Pattern[str]]:
    table = _Table()
    changed: list[int] = []
    for code in range(0x10000):
        char = chr(code)
        if (code in _HAN and char not in _SIMPLE) or code in _HANGUL or 0xE000 <= code < 0xF900:
            continue
        folded = _settled(char)
        if folded != char:
            table[code] = folded
            changed.append(code)
    return table, re.compile(f"[{_ranges(changed)}\U00010000-\U0010ffff]+")


def _ranges(codes: list[int]) -> str:
    parts: list[str] = []
    start = previous = codes[0]
    for code in [*codes[1:], -1]:
        if code == previous + 1:
            previous = code
            continue
        parts.append(f"{_escape(start)}-{_escape(previous)}" if previous > start else _escape(start))
        start = previous = code
    return "".join(parts)


def _escape(code: int) -> str:
    return f"\\u{code:04x}"


_TABLE, _DIRTY = _prepare()
# Finds the first character that folding changes. No plus: the regex engine skips fast only to a
# pattern that begins with a plain class.
find_unfolded = re.compile(_DIRTY.pattern[:-1]).search
_dirty_sub = _DIRTY.sub
# Marks of ordinary sentences; all but these and simplified characters make the check look closer.
MARKS = "，。！？、："
_UNUSUAL = f"[^{_ranges([c for c in range(0x4E00, 0x9FA6) if chr(c) not in _SIMPLE])}{MARKS}]"
# Finds the first unusual character; a text without any is its own folding.
find_unusual = re.compile(_UNUSUAL).search


def _fold_run(match: re.Match[str]) -> str:
    return match[0].translate(_TABLE)


def fold(text: str) -> str:
    """Fold a text; an ordinary sentence comes back as the same object."""
    return text if find_unfolded(text) is None else fold_unfolded(text)


def fold_unfolded(text: str) -> str:
    """Fold a text in which something is to be folded (see `find_unfolded`)."""
    # Most often capitals are all there is to fold (a test holds that this is the same).
    lower = text.lower()
    return lower if find_unfolded(lower) is None and len(lower) == len(text) else _dirty_sub(_fold_run, text)


def is_folded(text: str) -> bool:
    """Tell whether folding leaves a text as it is."""
    return find_unfolded(text) is None


def fold_map(text: str) -> tuple[str, list[int]]:
    """Fold a text and tell for each folded character at which index its origin stands."""
    parts: list[str] = []
    origins: list[int] = []
    for index, char in enumerate(text):
        folded = char if find_unfolded(char) is None else _TABLE[ord(char)]
        parts.append(folded)
        origins.extend([index] * len(folded))
    return "".join(parts), origins


@lru_cache(maxsize=1)
def syllables() -> dict[str, str]:
    """Map each common character to its syllable without tone."""
    found: dict[str, str] = {}
    for row in table_rows("pinyin.txt"):
        syllable, chars = row.split(" ")
        found.update(dict.fromkeys(chars, syllable))
    return found
