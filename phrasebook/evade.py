"""Undo what is done to a phrase to hide it: marks between characters, repeats, split characters.

Each form keeps, for each of its characters, the index of its origin in the folded text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from phrasebook.fold import MARKS
from phrasebook.rules import SPLITS

# Up to three blanks, marks or emoji between two characters; more than that part them for good.
GAP = re.compile(r"\W{1,3}(?=\w)")
# Doubled in ordinary writing (妹妹, 听听), so only three in a row are a repeat.
_KIN = "妈爸爷奶哥姐弟妹叔婶姑舅公婆太宝看听说想等试问找查走聊谈尝谢慢好常刚天人多少家个次回件样点轻早仅渐往暗默悄偷紧"
REPEAT = re.compile(rf"([^{_KIN}])\1+|([{_KIN}])\2{{2,}}")
has_repeat = re.compile(r"(.)\1").search
_SPLIT = re.compile("|".join(sorted(map(re.escape, SPLITS), key=len, reverse=True)))
# One of these between two clauses is ordinary writing.
_SOFT = frozenset(MARKS + ",.!?;:~")


@dataclass(frozen=True)
class Form:
    """Hold a text made of the folded one and where each of its characters comes from."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of the form to the folded text."""
        return self.starts[start], self.ends[end - 1]

    def gaps(self, start: int, end: int) -> list[tuple[int, int]]:
        """List what was left out between the characters of a span, as spans of the folded text."""
        pairs = ((self.ends[i], self.starts[i + 1]) for i in range(start, end - 1))
        return [(a, b) for a, b in pairs if b > a]


def squeeze(folded: str) -> Form:
    """Leave out up to three marks, blanks or emoji between characters."""
    return _cut(folded, [(m.start(), m.end(), "") for m in GAP.finditer(folded)], None)


def collapsed(text: str) -> str:
    """Write repeated characters once, without an index."""
    return REPEAT.sub(r"\1\2", text)


def collapse(form: Form) -> Form:
    """Write repeated characters once."""
    return _cut(form.text, [(m.start(), m.end(), m[0][0]) for m in REPEAT.finditer(form.text)], form)


def join_split(form: Form) -> Form:
    """Put characters that were pulled apart together again."""
    return _cut(form.text, [(m.start(), m.end(), SPLITS[m[0]]) for m in _SPLIT.finditer(form.text)], form)


def _cut(text: str, changes: list[tuple[int, int, str]], below: Form | None) -> Form:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for start, end, instead in [*changes, (len(text), len(text), "")]:
        parts += (text[done:start], instead)
        starts.extend(range(done, start))
        ends.extend(range(done + 1, start + 1))
        if instead:
            starts.append(start)
            ends.append(end)
        done = end
    if below is not None:
        starts, ends = [below.starts[i] for i in starts], [below.ends[i - 1] for i in ends]
    return Form("".join(parts), starts, ends)


def is_hidden(folded: str, form: Form, start: int, end: int) -> bool:
    """Tell whether a span of the form stands otherwise in the folded text (a hit of the form's own)."""
    first, last = form.span(start, end)
    if folded[first:last] == form.text[start:end]:
        return False
    gaps = form.gaps(start, end)
    if any("\n" in folded[a:b] for a, b in gaps):
        # Characters below one another hide a phrase; two lines of text do not.
        return len(gaps) == end - start - 1
    return True


def looks_ordinary(folded: str, form: Form, start: int, end: int) -> bool:
    """Tell whether the span could come about by ordinary writing: one comma, one doubled character."""
    gaps = form.gaps(start, end)
    first, last = form.span(start, end)
    if any(folded[a:b] not in _SOFT for a, b in gaps):
        return False
    longest = max((len(m[0]) for m in REPEAT.finditer(folded[first:last])), default=1)
    return len(gaps) <= 1 and longest <= 2
