"""Name what else a text must be looked at for; the automaton that finds the phrases finds these signs as well.

One pass over a text without its marks answers every cheap question at once. A sign says only that something
is possible: the search that it wakes decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from phrasebook.filter.fold import table_rows
from phrasebook.numerals import COMMON, FIGURES, FORMAL

DENY, SPLIT, SPOKEN, ECHO, REPEAT, LATIN, HOUSE, PLATE, DIGITS = (1 << bit for bit in range(9))
"""A forbidden phrase; a character pulled apart; a phone number in words; a phrase with one homophone in it;
a character doubled; two Latin letters in a row; a house number; a car's plate; digits of two styles side by side."""
# These are no patterns: ten digits in a row, an @, an emoji that stands for a character.
NUMBER, EMAIL, PICTURE = 1 << 9, 1 << 10, 1 << 11
PERSONAL = NUMBER | SPOKEN | EMAIL | PLATE | HOUSE

SPLITS: dict[str, str] = {row[2:]: row[0] for row in table_rows("split.txt")}
NUMERAL = COMMON + FORMAL
UNITS = "号弄栋幢座单"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# Doubled in ordinary writing (妹妹, 听听): once in a phrase and only twice in a row they hide nothing.
DOUBLED = frozenset(
    "妈爸爷奶哥姐弟妹叔婶姑舅公婆太宝看听说想等试问找查走聊谈尝谢慢好常刚天人多少家个次回件样点轻早仅渐往暗默悄偷紧"
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# A mobile number in words begins so.
_SPOKEN = ("一幺壹", "三五七八九叁伍柒捌玖", NUMERAL + "幺")


def trigger_patterns(phrases: Iterable[str], sounding: Iterable[str]) -> dict[str, int]:
    """Return the patterns of all triggers, each with the bits it stands for.

    Args:
        phrases: the folded deny patterns; a doubled character matters only if one of them holds it.
        sounding: the patterns with one character replaced by a homophone.
    """
    found = dict.fromkeys(sounding, ECHO)
    for bit, patterns in (
        (SPLIT, SPLITS),
        (SPOKEN, _products(*_SPOKEN)),
        (REPEAT, _repeats(phrases)),
        (LATIN, _products(_LETTERS, _LETTERS)),
        (HOUSE, _products(FIGURES + _LETTERS, UNITS)),
        (PLATE, _products(PROVINCES, _LETTERS)),
        (DIGITS, _products(FIGURES, NUMERAL)),
        (DIGITS, _products(NUMERAL, FIGURES)),
    ):
        for pattern in patterns:
            found[pattern] = found.get(pattern, 0) | bit
    return found


def _products(first: str, *others: str) -> Iterator[str]:
    if not others:
        yield from first
        return
    rest = list(_products(*others))
    for char in first:
        for tail in rest:
            yield char + tail


def _repeats(phrases: Iterable[str]) -> Iterator[str]:
    """Yield each character of the phrases as often in a row as ordinary writing does not have it."""
    for char in sorted(set().union(*phrases).difference(FIGURES)):
        yield char * (3 if char in DOUBLED else 2)
