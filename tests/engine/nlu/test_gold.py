"""The extractor on both files of authored gold sentences (docs/nlu.md says how they were made)."""

from __future__ import annotations

from pathlib import Path

from bench import entity_gold
from bench.reader import reader, shop_words

LEAST = {**dict.fromkeys(entity_gold.NUMBERS, 0.95), "time": 0.90}


def too_low(read: entity_gold.Read, rows: list[entity_gold.Sentence]) -> dict[str, float]:
    """Return the kinds of entity whose F1 is below the limit, with it."""
    scores, _ = entity_gold.score(read, rows)
    return {kind: round(one.f1, 3) for kind, one in scores.items() if one.f1 < LEAST.get(kind, 0.80)}


def test_gold_sentences() -> None:
    """On its author's sentences: numbers and phones F1 0.95, times with the right value 0.90, every other kind 0.80."""
    rows = entity_gold.load(entity_gold.OWN)
    assert len(rows) >= 400
    assert too_low(reader(), rows) == {}


def test_blind_sentences(tmp_path: Path) -> None:
    """Sentences written without knowledge of the extractor reach the same limits, with the shop's goods known."""
    rows = entity_gold.load(entity_gold.BLIND)
    assert len(rows) >= 200
    assert too_low(reader(shop_words(tmp_path)), rows) == {}
