"""The extractor on the authored gold sentences (docs/nlu.md says how they were made)."""

from __future__ import annotations

from bench import entity_gold
from bench.reader import reader


def test_gold_sentences() -> None:
    """Numbers and phones reach F1 0.95, times with the right value 0.90, every other kind 0.80."""
    rows = entity_gold.load()
    assert len(rows) >= 400
    scores, _ = entity_gold.score(reader(), rows)
    least = {**dict.fromkeys(entity_gold.NUMBERS, 0.95), "time": 0.90}
    low = {kind: round(one.f1, 3) for kind, one in scores.items() if one.f1 < least.get(kind, 0.80)}
    assert low == {}
