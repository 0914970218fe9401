"""Explain a verdict as the JSON object of `liyan phrases explain`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from phrasebook.filter.check import Checker, Hit


def explain(checker: Checker, text: str, *, direction: str = "clerk") -> dict[str, Any]:
    """Say what hits, where, why and what to say instead; listens for homophones in any text."""
    verdict = checker.check(text, direction=direction, thorough=True)
    return {"text": text, "verdict": verdict.verdict, "hits": [_hit(hit) for hit in verdict.hits]}


def explain_lines(checker: Checker, lines: Iterable[str], *, direction: str = "clerk") -> Iterator[dict[str, Any]]:
    """Explain each line of a stream, its line break left out."""
    for line in lines:
        yield explain(checker, line.rstrip("\r\n"), direction=direction)


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "entry": hit.entry,
        "kind": hit.kind,
        "level": hit.level,
        "start": hit.start,
        "end": hit.end,
        "found": hit.found,
        "replacement": hit.replacement,
        "reason": hit.reason,
        "how": hit.how,
        "score": round(hit.score, 2),
    }
