"""Other ways to find many phrases in a text, for `bench.filter`; what is not installed is named and left out."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

Search = Callable[[str], object]


def competitors(phrases: Sequence[str]) -> dict[str, Callable[[], Search]]:
    """Name every way to search that is installed, each as a function that builds it."""
    ways: dict[str, Callable[[], Search]] = {
        "naive loop": lambda: lambda text: [p for p in phrases if p in text],
        "re alternation": lambda: re.compile("|".join(map(re.escape, phrases))).findall,
    }
    for name, build in (
        ("pyahocorasick", _pyahocorasick),
        ("flashtext", _flashtext),
        ("hyperscan", _hyperscan),
        ("spaCy PhraseMatcher", _spacy),
    ):
        module = {"pyahocorasick": "ahocorasick", "spaCy PhraseMatcher": "spacy"}.get(name, name)
        if importlib.util.find_spec(module) is None:
            print(f"missing: {name} (pip install {name.split()[0].lower()})", file=sys.stderr)
        else:
            ways[name] = _with(build, phrases)
    return ways


def _with(build: Callable[[Sequence[str]], Search], phrases: Sequence[str]) -> Callable[[], Search]:
    return lambda: build(phrases)


def _pyahocorasick(phrases: Sequence[str]) -> Search:
    ahocorasick: Any = importlib.import_module("ahocorasick")
    automaton = ahocorasick.Automaton()
    for index, phrase in enumerate(phrases):
        automaton.add_word(phrase, index)
    automaton.make_automaton()
    return lambda text: list(automaton.iter(text))


def _flashtext(phrases: Sequence[str]) -> Search:
    processor: Any = importlib.import_module("flashtext").KeywordProcessor()
    processor.add_keywords_from_list(list(phrases))
    return lambda text: processor.extract_keywords(text, span_info=True)


def _hyperscan(phrases: Sequence[str]) -> Search:
    hyperscan: Any = importlib.import_module("hyperscan")
    database = hyperscan.Database()
    expressions = [phrase.encode() for phrase in phrases]
    database.compile(
        expressions=expressions, ids=list(range(len(expressions))), elements=len(expressions), literal=True
    )

    def search(text: str) -> object:
        found: list[tuple[int, int, int]] = []
        database.scan(text.encode(), match_event_handler=lambda i, a, b, f, c: found.append((a, b, i)))
        return found

    return search


def _spacy(phrases: Sequence[str]) -> Search:
    spacy: Any = importlib.import_module("spacy")
    matcher_class: Any = importlib.import_module("spacy.matcher").PhraseMatcher
    language = spacy.blank("zh")  # its plain tokenizer: one token a character
    matcher = matcher_class(language.vocab)
    matcher.add("deny", list(language.tokenizer.pipe(phrases)))
    return lambda text: matcher(language.make_doc(text))
