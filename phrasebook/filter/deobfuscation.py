"""Undo what is done to a phrase to hide it: marks between characters, repeats, split characters.

Each form can tell, for each of its characters, the index of its origin in the folded text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from phrasebook.filter.rules import NUMERALS
from phrasebook.filter.triggers import DOUBLED, SPLITS

# Start and end of what is changed, and what stands there instead.
Change = tuple[int, int, str]
# Up to three blanks, marks or emoji between two characters; more than that part them for good.
GAP = re.compile(r"[^\w%]{1,3}(?=[\w%])")
REPEAT = re.compile(r"(.)\1+")
_odd_sub = re.compile(r"[^\w%]+").sub
# Pictures that stand for a character, as in “草泥🐴”.
_PICTURES = {
    "🐴": "马",
    "🐎": "马",
    "🐶": "狗",
    "🐕": "狗",
    "🐷": "猪",
    "🐖": "猪",
    "🐔": "鸡",
    "🐢": "龟",
    "💩": "屎",
    "🥚": "蛋",
}
has_picture = re.compile(f"[{''.join(_PICTURES)}]").search
_PICTURE = re.compile("|".join(_PICTURES))
_SPLIT = re.compile("|".join(sorted(map(re.escape, SPLITS), key=len, reverse=True)))
# One of these between two clauses is ordinary writing.
_SOFT = frozenset("，。！？、；：,;:?")


def without_common_marks(folded: str) -> str:
    """Leave out the common marks of a text; all there are, if it holds no unusual characters (see `find_unusual`)."""
    # Written out, and asked first: a loop or a regular expression would cost more than the work.
    text = folded.replace("，", "").replace("。", "")
    if "！" in text:
        text = text.replace("！", "")
    if "？" in text:
        text = text.replace("？", "")
    if "、" in text:
        text = text.replace("、", "")
    return text.replace("：", "") if "：" in text else text


def without_number_marks(text: str) -> str:
    """Leave out the marks that stand beside numbers, and brackets and quotes; mostly no others are left then."""
    if "；" in text:
        text = text.replace("；", "")
    if "～" in text:
        text = text.replace("～", "")
    if "…" in text:
        text = text.replace("…", "")
    if " " in text:
        text = text.replace(" ", "")
    if "-" in text:
        text = text.replace("-", "")
    if "“" in text:
        text = text.replace("“", "").replace("”", "")
    if "（" in text:
        text = text.replace("（", "").replace("）", "")
    if "\n" in text:
        text = text.replace("\n", "")
    return text.replace(".", "") if "." in text else text


def without_marks(text: str) -> str:
    """Leave out all marks, however many: what is not found in such a text is found in no form of it."""
    text = text.replace(",", "").replace("¥", "").replace(":", "").replace("/", "")
    # A sign of percent is part of entries, no mark.
    return text if text.replace("%", "").isalnum() else _odd_sub("", text)


class Form:
    """A text made of the folded one, which knows where each of its characters comes from."""

    def __init__(self, text: str, length: int, changes: Sequence[Change] = (), below: Form | None = None) -> None:
        self.text = text
        self._length = length
        self._changes = changes
        # What comes straight from the folded text needs no second map.
        self._below: Form | None = below if below is not None and (below._changes or below._below) else None
        self._origins: tuple[list[int], list[int]] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of the form to the folded text."""
        starts, ends = self.origins()
        return starts[start], ends[end - 1]

    def gaps(self, start: int, end: int) -> list[tuple[int, int]]:
        """List what was left out between the characters of a span, as spans of the folded text."""
        starts, ends = self.origins()
        pairs = ((ends[i], starts[i + 1]) for i in range(start, end - 1))
        return [(a, b) for a, b in pairs if b > a]

    def origins(self) -> tuple[list[int], list[int]]:
        """Tell of each character where what it comes from starts and ends in the folded text."""
        if self._origins is None:
            starts: list[int] = []
            ends: list[int] = []
            done = 0
            for start, end, instead in [*self._changes, (self._length, self._length, "")]:
                starts.extend(range(done, start))
                ends.extend(range(done + 1, start + 1))
                if instead:
                    starts.append(start)
                    ends.append(end)
                done = end
            if self._below is not None:
                first, last = self._below.origins()
                starts, ends = [first[i] for i in starts], [last[i - 1] for i in ends]
            self._origins = starts, ends
        return self._origins


def unchanged(folded: str) -> Form:
    """Make the form that is the folded text itself."""
    return Form(folded, len(folded))


def squeeze(form: Form) -> Form:
    """Leave out up to three marks, blanks or emoji between characters."""
    return _cut(form, [(m.start(), m.end(), "") for m in GAP.finditer(form.text)])


def collapse(form: Form) -> Form:
    """Write repeated characters once."""
    return _cut(form, [(m.start(), m.end(), m[0][0]) for m in REPEAT.finditer(form.text)])


def collapsed(text: str) -> str:
    """Write repeated characters once, without an index."""
    return REPEAT.sub(r"\1", text)


def read_pictures(form: Form) -> Form:
    """Read pictures as the characters they stand for."""
    return _cut(form, [(m.start(), m.end(), _PICTURES[m[0]]) for m in _PICTURE.finditer(form.text)])


def join_split(form: Form) -> Form:
    """Put characters that were pulled apart together again."""
    return _cut(form, [(m.start(), m.end(), SPLITS[m[0]]) for m in _SPLIT.finditer(form.text)])


def plain_digits(form: Form) -> Form:
    """Write Chinese and formal digits as plain ones."""
    return Form(form.text.translate(NUMERALS), len(form.text), (), form)


def _cut(form: Form, changes: list[Change]) -> Form:
    text = form.text
    parts: list[str] = []
    done = 0
    for start, end, instead in changes:
        parts += (text[done:start], instead)
        done = end
    parts.append(text[done:])
    return Form("".join(parts), len(text), changes, form)


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
    """Tell whether a span with one comma in it could come about by ordinary writing."""
    gaps = form.gaps(start, end)
    return len(gaps) == 1 and folded[gaps[0][0] : gaps[0][1]] in _SOFT


def only_doubled(folded: str, form: Form, start: int, end: int) -> bool:
    """Tell whether a repeat is one of those that ordinary writing has: 妹妹, 听听."""
    first, last = form.span(start, end)
    runs = [match[0] for match in REPEAT.finditer(folded[first:last])]
    return len(runs) == 1 and len(runs[0]) == 2 and runs[0][0] in DOUBLED
