"""Make sentences fit into messages: cut where a sentence ends, merge when there are too many."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_SENTENCE_END = re.compile("(?:[。！？!?；;…]+[”’」』）)]*|\n)")
_CLAUSE_END = re.compile("[，、,：:]|\\s")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


@dataclass(frozen=True)
class Part:
    """Some text with the places of the first and the last sentence in it."""

    text: str
    first: int
    last: int


def pack(parts: Sequence[Part], *, most_bytes: int | None, most: int | None) -> list[Part]:
    """Return parts that are short enough, merged when they are too many.

    Args:
        most_bytes: bytes of UTF-8 in a part.
        most: parts wished for; more come back when the texts do not fit into fewer.
    """
    packed = [Part(text, part.first, part.last) for part in parts for text in split(part.text, most_bytes)]
    while most is not None and len(packed) > max(most, 1):
        place = _shortest_pair(packed, most_bytes)
        if place is None:
            return packed
        packed[place : place + 2] = [_joined(packed[place], packed[place + 1])]
    return packed


def split(text: str, most_bytes: int | None) -> list[str]:
    """Cut a text into pieces of at most so many bytes, where a sentence ends, else a clause, else between characters.

    Blanks and line ends at a cut are left out.
    """
    pieces = []
    rest = text.strip()
    while most_bytes is not None and _size(rest) > most_bytes:
        cut = _cut(rest, most_bytes)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [piece for piece in (*pieces, rest) if piece]


def _cut(text: str, most_bytes: int) -> int:
    fits = len(text.encode()[:most_bytes].decode(errors="ignore"))
    for ends in (_SENTENCE_END, _CLAUSE_END):
        places = [found.end() for found in ends.finditer(text, 0, fits)]
        if places and text[: places[-1]].strip():
            return places[-1]
    # A character that is drawn together with the one before it stays with it.
    cut = fits
    while cut > 1 and _belongs_to_the_one_before(text, cut):
        cut -= 1
    return cut if cut > 1 else max(fits, 1)


def _belongs_to_the_one_before(text: str, place: int) -> bool:
    char = text[place]
    return char in _JOINERS or text[place - 1] == "\u200d" or unicodedata.category(char) in ("Mn", "Me", "Sk")


def _shortest_pair(parts: Sequence[Part], most_bytes: int | None) -> int | None:
    """Return the place of the two neighbours that are shortest together, or None when no two fit into one."""
    sizes = [(_size(_joined(parts[place], parts[place + 1]).text), place) for place in range(len(parts) - 1)]
    fitting = [pair for pair in sizes if most_bytes is None or pair[0] <= most_bytes]
    return min(fitting)[1] if fitting else None


def _joined(one: Part, other: Part) -> Part:
    return Part(f"{one.text}\n{other.text}", one.first, other.last)


def _size(text: str) -> int:
    return len(text.encode())
