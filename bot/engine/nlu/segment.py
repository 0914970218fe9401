"""Cut folded Chinese text into words: jieba with our domain words and the shop's product words."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import jieba

from bot.engine.nlu.folding import fold_text
from bot.engine.nlu.lexicon import Lexicon
from bot.engine.nlu.source_digest import ROOM

WORDS = ROOM / "words"

# As frequent as everyday words, so that jieba's rare ones (灯不亮, 冰箱门) do not hide ours.
_COMMON = 20_000

jieba.setLogLevel(logging.WARNING)


def domain_words(folder: Path = WORDS) -> list[str]:
    """Return the words of ``folder``: one a line, ``#`` begins a comment."""
    words: list[str] = []
    for file in sorted(folder.glob("*.txt")):
        for line in file.read_text(encoding="utf8").splitlines():
            word = line.split("#", 1)[0].strip()
            if word:
                words.append(fold_text(word).text)
    return words


class _ShopWords(dict[str, int]):
    """A shop's own words over the dictionary that all segmenters share: jieba's takes 70 MB."""

    def __init__(self, shared: Mapping[str, int]) -> None:
        super().__init__()
        self._shared = shared

    def __contains__(self, word: object) -> bool:
        return super().__contains__(word) or word in self._shared

    def __missing__(self, word: str) -> int:
        return self._shared[word]

    def get(self, word: str, default: int | None = None) -> int | None:  # type: ignore[override]  # as jieba asks
        return self[word] if word in self else default  # noqa: SIM401 - this is what `get` is made of


@lru_cache(maxsize=1)
def _dictionary() -> jieba.Tokenizer:
    """Read jieba's dictionary and our domain words, once for all segmenters."""
    shared = jieba.Tokenizer()
    shared.initialize()
    for word in domain_words():
        shared.add_word(word, _COMMON)
    return shared


class Segmenter:
    """Segment text; products of the lexicon are words of their own.

    Jieba's guessing of unknown words is off: it hides words that are known (冰箱 in 冰箱门变形).

    Args:
        lexicon: the shop's product words; None for a segmenter without them.
    """

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon
        self._known_version = -1
        shared = _dictionary()
        self._jieba = shared
        if lexicon is not None:
            self._jieba = jieba.Tokenizer()
            self._jieba.FREQ, self._jieba.total = _ShopWords(shared.FREQ), shared.total
            self._jieba.initialized = True

    def words(self, folded: str) -> list[tuple[str, int, int]]:
        """Return ``(word, start, end)`` in ``folded``; blanks make no words."""
        self._learn_products()
        return [
            (word, start, end) for word, start, end in self._jieba.tokenize(folded, HMM=False) if not word.isspace()
        ]

    def _learn_products(self) -> None:
        if self._lexicon is None:
            return
        version = self._lexicon.refresh()
        if version == self._known_version:
            return
        self._known_version = version
        for product in self._lexicon.products:
            for word in (product.name, product.model, *product.words):
                folded = fold_text(word).text.strip()
                if len(folded) > 1 and " " not in folded:
                    self._jieba.add_word(folded, _COMMON)
