"""A conditional random field over the characters of a message: which of them are a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pycrfsuite

from bot.engine.nlu.reading.clues import Span

OUTSIDE = "O"
Rows = Sequence[Sequence[str]]


def tags_of(spans: Iterable[Span], length: int) -> list[str]:
    """Return a tag for each character: ``B-name`` begins a span, ``I-name`` continues it, ``O`` is outside."""
    tags = [OUTSIDE] * length
    for span in spans:
        for place in range(span.start, span.end):
            tags[place] = f"{'B' if place == span.start else 'I'}-{span.name}"
    return tags


def spans_of(tags: Sequence[str]) -> Iterator[Span]:
    """Yield the spans that tags describe."""
    start = 0
    for place in range(1, len(tags) + 1):
        goes_on = place < len(tags) and tags[place].startswith("I") and tags[place][2:] == tags[start][2:]
        if not goes_on:
            if tags[start] != OUTSIDE:
                yield Span(tags[start][2:], start, place)
            start = place


def train_tagger(
    rows: Iterable[Rows], tags: Iterable[Sequence[str]], path: Path, *, smoothing: float, rounds: int
) -> None:
    """Learn tags from features and write the model.

    Args:
        rows: for each message the features of each character.
        tags: for each message the tag of each character.
        path: file of the model.
        smoothing: weight of the regularisation.
        rounds: passes of the gradient descent over the data.
    """
    trainer = pycrfsuite.Trainer(algorithm="l2sgd", verbose=False)
    trainer.set_params({"c2": smoothing, "max_iterations": rounds})
    for features, tagged in zip(rows, tags, strict=True):
        if features:
            trainer.append(features, tagged)
    trainer.train(str(path))


class SpanTagger:
    """A trained tagger.

    Args:
        model: contents of the file that `train_tagger` wrote.
    """

    def __init__(self, model: bytes) -> None:
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(model)

    def tag(self, rows: Rows) -> list[tuple[Span, float]]:
        """Return the spans found with their confidence: the share of their least certain character."""
        if not rows:
            return []
        tags = self._tagger.tag(rows)
        return [
            (span, min(self._tagger.marginal(tags[place], place) for place in range(span.start, span.end)))
            for span in spans_of(tags)
        ]
