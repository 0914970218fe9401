"""What a check answers: the hits and the gravest level among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from phrasebook.filter.forbidden_lists import LEVELS

VERDICTS = ("pass", *LEVELS)


class Hit(NamedTuple):
    """One thing found: what, where in the original text, how grave, what to say instead.

    `how` tells by which way it was found: exact, gap, repeat, split, pinyin, initials, homophone,
    personal, joined (across the edge of a bubble or a button). Offsets count from the start of the
    text; those of the previous bubble are negative, those of buttons lie behind the text.
    """

    entry: str
    kind: str
    family: str
    level: str
    start: int
    end: int
    found: str
    replacement: str
    reason: str
    how: str = "exact"
    score: float = 1.0


class Verdict(NamedTuple):
    """The gravest level of all hits, and the hits in their order."""

    verdict: str
    hits: tuple[Hit, ...] = ()

    @property
    def blocked(self) -> bool:
        """Tell whether the text must not leave."""
        return self.verdict == "block"


PASS = Verdict("pass")
# What a call of the class makes of its fields in their order, in a third of the time.
make_hit: Callable[[Iterable[object]], Hit] = partial(tuple.__new__, Hit)
_make_verdict: Callable[[Iterable[object]], Verdict] = partial(tuple.__new__, Verdict)


def shifted(hit: Hit, by: int, how: str) -> Hit:
    """Return a hit moved by some characters, with how it was found told anew."""
    return hit._replace(start=hit.start + by, end=hit.end + by, how=how)


def verdict_of(hits: Sequence[Hit]) -> Verdict:
    """Return the verdict of hits: those that no graver or longer one says already, and the gravest level."""
    if len(hits) == 1:
        return _make_verdict((hits[0].level, tuple(hits)))
    best: dict[tuple[int, int, str], Hit] = {}
    for hit in hits:
        best.setdefault((hit.start, hit.end, hit.kind), hit)
    kept = [hit for hit in best.values() if not any(_covers(other, hit) for other in best.values())]
    if not kept:
        return PASS
    kept.sort(key=lambda hit: (hit.start, -hit.end, hit.kind))
    return Verdict(max((hit.level for hit in kept), key=VERDICTS.index), tuple(kept))


def _covers(other: Hit, hit: Hit) -> bool:
    """Tell whether another hit of the same kind says more: it holds this one and weighs as much."""
    return (
        other is not hit
        and other.kind == hit.kind
        and other.start <= hit.start
        and hit.end <= other.end
        and (other.start, other.end) != (hit.start, hit.end)
        and VERDICTS.index(other.level) >= VERDICTS.index(hit.level)
    )
