"""Entries and texts for `bench.filter`."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from phrasebook.book.load import load_phrases
from phrasebook.book.render import sample_text
from phrasebook.filter.check import SHIPPED
from phrasebook.filter.forbidden_lists import Allow, Entry, Family, load_lists

ROOT = Path(__file__).parents[1]
CLERKS = ROOT / "tests" / "phrasebook" / "data" / "clerk_sentences.txt"
TEXTS = 2_000


def words() -> list[str]:
    """List jieba's everyday Chinese words."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        sys.exit("bench.filter: jieba is missing; run it in the service's environment (uv run)")
    rows = (Path(spec.origin).parent / "dict.txt").read_text(encoding="utf-8").splitlines()
    pairs = (row.split(" ")[:2] for row in rows)
    return [
        word for word, count in pairs if 2 <= len(word) <= 4 and int(count) > 50 and "\u4e00" <= word[0] <= "\u9fff"
    ]


def approved_sentences() -> list[str]:
    """List the approved phrases with their samples."""
    return [
        sample_text(phrase, index)
        for phrase in load_phrases(ROOT / "phrasebook" / "approved", ROOT / "bot" / "packs" / "retail" / "phrases")
        for index in range(len(phrase.variants))
    ]


def talk() -> list[str]:
    """List the sentences of ordinary service talk; buttons are no sentences."""
    typed = [line.strip() for line in CLERKS.read_text(encoding="utf-8").splitlines()]
    return [line for line in typed if line and not line.startswith("#")] + [
        text for text in approved_sentences() if len(text) > 8
    ]


def texts(sentences: Sequence[str], length: int, planted: Sequence[str], chance: random.Random) -> list[str]:
    """Join sentences to texts of this length; plant a phrase in every tenth."""
    found = []
    for number in range(TEXTS):
        text = ""
        while len(text) < length:
            text += chance.choice(sentences)
        text = text[:length]
        if planted and number % 10 == 0:
            phrase, place = chance.choice(planted), chance.randrange(length // 2)
            text = text[:place] + phrase + text[place + len(phrase) :]
        found.append(text)
    return found


def entries(size: int, allow: int, clean: str, chance: random.Random) -> tuple[list[Entry], list[Allow], list[str]]:
    """Take the shipped lists and compose phrases, none of which stands in the clean texts, up to a size."""
    lists = load_lists(SHIPPED)
    family = Family("bench", "bench", "bench", "block", frozenset({"bot", "clerk"}), "safe.generic")
    vocabulary = words()
    known: set[str] = set()
    while len(known) < size + allow:
        phrase = "".join(chance.choices(vocabulary, k=chance.choice((1, 2, 2, 3))))[:8]
        if len(phrase) >= 3 and phrase not in clean:
            known.add(phrase)
    composed = sorted(known)
    chance.shuffle(composed)
    shipped = list(lists.entries)[:size]
    deny = shipped + [Entry(phrase, family) for phrase in composed[: size - len(shipped)]]
    spans = list(lists.allows)[:allow]
    spans += [Allow(phrase + "了") for phrase in composed[size : size + allow - len(spans)]]
    return deny, spans, composed[: size - len(shipped)] or [entry.text for entry in shipped if "(" not in entry.text]
