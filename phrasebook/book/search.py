"""Find phrases by words or by pinyin initials: tkbz finds 退款标准."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from phrasebook.book.book import PLACEHOLDER, ApprovedPhrases, Phrase
from phrasebook.filter.fold import fold, syllables

# Takes a text, gives the syllable of each of its characters (other characters as they are).
Pinyin = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class SearchResult:
    """A phrase found: where (id, purpose, text or initials) and how well it fits."""

    phrase: Phrase
    where: str
    score: int


def shipped_pinyin(text: str) -> list[str]:
    """Read each character by the shipped table; `pypinyin.lazy_pinyin` knows words, too."""
    table = syllables()
    return [table.get(char, char) for char in text]


class PhraseSearch:
    """An index of phrases: made once, searched many times."""

    def __init__(self, book: ApprovedPhrases, pinyin: Pinyin = shipped_pinyin) -> None:
        self._rows = [(phrase, _fields(phrase), _initials(phrase, pinyin)) for phrase in book]

    def search(self, words: str, limit: int = 20) -> list[SearchResult]:
        """Return the phrases that hold all the words, or whose purpose or text has these initials; best first."""
        wanted = fold(words).split()
        if not wanted:
            return []
        matches = [match for row in self._rows if (match := _match(*row, wanted)) is not None]
        matches.sort(key=lambda match: (-match.score, match.phrase.id))
        return matches[:limit]


def _match(
    phrase: Phrase, fields: list[tuple[str, str, int]], initials: list[tuple[str, int]], wanted: list[str]
) -> SearchResult | None:
    best: SearchResult | None = None
    for where, text, weight in fields:
        if all(word in text for word in wanted):
            score = weight + (10 if text == " ".join(wanted) else 0)
            best = best if best and best.score >= score else SearchResult(phrase, where, score)
    letters = "".join(wanted)
    if len(letters) >= 2 and letters.isascii() and letters.isalpha():
        for row, weight in initials:
            position = row.find(letters)
            if position >= 0:
                score = weight + (5 if position == 0 else 0) + (10 if row == letters else 0)
                best = best if best and best.score >= score else SearchResult(phrase, "initials", score)
    return best


def _fields(phrase: Phrase) -> list[tuple[str, str, int]]:
    rows = [("id", fold(phrase.id), 40), ("purpose", fold(phrase.purpose), 60)]
    return rows + [("text", fold(PLACEHOLDER.sub("", variant)), 30) for variant in phrase.variants]


def _initials(phrase: Phrase, pinyin: Pinyin) -> list[tuple[str, int]]:
    sources = [(phrase.purpose, 50), *((PLACEHOLDER.sub("", v), 20) for v in phrase.variants)]
    return [("".join(s[:1] for s in pinyin(_letters(text))), weight) for text, weight in sources]


def _letters(text: str) -> str:
    return re.sub(r"\W", "", fold(text))
