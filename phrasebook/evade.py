"""Undo what is done to a phrase to hide it: marks between characters, repeats, split characters.

Each form keeps, for each of its characters, the index of its origin in the folded text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from phrasebook.rules import NUMERALS, SPLITS

# Up to three blanks, marks or emoji between two characters; more than that part them for good.
GAP = re.compile(r"[^\w%]{1,3}(?=[\w%])")
REPEAT = re.compile(r"(.)\1+")
# Doubled in ordinary writing (妹妹, 听听): once in a phrase and only twice in a row they hide nothing.
_DOUBLED = frozenset(
    "妈爸爷奶哥姐弟妹叔婶姑舅公婆太宝看听说想等试问找查走聊谈尝谢慢好常刚天人多少家个次回件样点轻早仅渐往暗默悄偷紧"
)
_doubles = re.compile(r"(.)\1").findall
# Digits and words that are doubled anyway do not wake the search for repeats.
_NATURAL = _DOUBLED | frozenset("0123456789")
_ODD = re.compile(r"[^\w%]+")
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
# One range is tested fast; the pattern below decides.
has_picture = re.compile("[\U0001f400-\U0001f95a]").search
_PICTURE = re.compile("|".join(_PICTURES))
_NUMERAL = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖"
_digit = re.compile("[0-9]").search
_mixed_digits = re.compile(f"[0-9](?:(?=[{_NUMERAL}])|(?<=[{_NUMERAL}][0-9]))").search
_SPLIT = re.compile("|".join(sorted(map(re.escape, SPLITS), key=len, reverse=True)))
# One of these between two clauses is ordinary writing.
_SOFT = frozenset("，。！？、；：,;:?")


def has_repeat(text: str) -> bool:
    """Tell whether a character is doubled that ordinary writing does not double."""
    doubled = _doubles(text)
    return bool(doubled) and any(char not in _NATURAL for char in doubled)


def bare(folded: str, extras: str) -> str:
    """Leave out all marks, however many: what is not found in this text is found in no form of it.

    `extras` is what `unusual` gives for the text, folded.
    """
    # Written out: a loop would cost more than the work.
    text = folded.replace("，", "").replace("。", "").replace("！", "").replace("？", "").replace("、", "")
    text = text.replace("：", "").replace("；", "").replace("～", "").replace("…", "")
    return text if not extras or (extras.replace(" ", "").isalnum() and " " not in folded) else _ODD.sub("", text)


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


def squeeze_form(form: Form) -> Form:
    """Leave out what stands between characters of a form."""
    return _cut(form.text, [(m.start(), m.end(), "") for m in GAP.finditer(form.text)], form)


def collapsed(text: str) -> str:
    """Write repeated characters once, without an index."""
    return REPEAT.sub(r"\1", text)


def collapse(form: Form) -> Form:
    """Write repeated characters once."""
    return _cut(form.text, [(m.start(), m.end(), m[0][0]) for m in REPEAT.finditer(form.text)], form)


def draw(form: Form) -> Form:
    """Read pictures as the characters they stand for."""
    return _cut(form.text, [(m.start(), m.end(), _PICTURES[m[0]]) for m in _PICTURE.finditer(form.text)], form)


def has_mixed_digits(text: str) -> bool:
    """Tell whether plain and Chinese digits stand side by side."""
    return _mixed_digits(text) is not None


def may_differ(extras: str, without: str) -> bool:
    """Tell whether pictures or mixed digits can hide something."""
    return has_picture(extras) is not None or (_digit(extras) is not None and has_mixed_digits(without))


def plain_digits(form: Form) -> Form:
    """Write Chinese and formal digits as plain ones."""
    return Form(form.text.translate(NUMERALS), form.starts, form.ends)


def unchanged(folded: str) -> Form:
    """Make the form that is the folded text itself."""
    return Form(folded, list(range(len(folded))), list(range(1, len(folded) + 1)))


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
    """Tell whether a span with one comma in it could come about by ordinary writing."""
    gaps = form.gaps(start, end)
    return len(gaps) == 1 and folded[gaps[0][0] : gaps[0][1]] in _SOFT


def only_doubled(folded: str, form: Form, start: int, end: int) -> bool:
    """Tell whether a repeat is one of those that ordinary writing has: 妹妹, 听听."""
    first, last = form.span(start, end)
    runs = [match[0] for match in REPEAT.finditer(folded[first:last])]
    return len(runs) == 1 and len(runs[0]) == 2 and runs[0][0] in _DOUBLED
