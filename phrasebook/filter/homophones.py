"""Find phrases that are written by their sound: pinyin, initials, homophones. Suspicions only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import eq

from phrasebook.filter.fold import syllables, table_rows
from phrasebook.filter.forbidden_lists import Entry
from phrasebook.filter.matcher import build_matcher

_TOKEN = re.compile(r"[a-z]+|.", re.DOTALL)
_LATIN = re.compile(r"[a-z][a-z]+")
# Letters no more than four characters apart.
_CLUSTER = re.compile(r"[a-z](?:.{0,4}?[a-z])+", re.DOTALL)
_marks_sub = re.compile(r"[^\w\n]+").sub
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
# An entry by its sound is looked for this far from what is suspicious.
_ROOM = 20
_INITIALS_LENGTH = range(3, 7)
# Longer phrases are mostly found by a shorter one inside them; all their echoes would be too many.
_ECHO_LENGTH = range(2, 4)
# Abbreviations of everyday and of the shop; initials of something forbidden only by chance.
_EVERYDAY = frozenset(word for row in table_rows("everyday.txt") for word in row.split())
_FUNCTION_WORDS = frozenset("是的了您有在不这那我一他她它们就都也和与及或到给把被让会能要可个上下中来去时后前")
# Patterns up to this length sound like something else too easily.
_SHORT = 3
# Sounds that are letters rather than syllables; with them every run would be pinyin.
_NO_SYLLABLES = frozenset({"m", "n", "ng", "hm", "hng", "o", "e", "a"})

# Two characters that sound like a forbidden pair and are an everyday word or part of one: 件人 in 收件人.
ORDINARY = frozenset(word for row in table_rows("ordinary.txt") for word in row.split())

SoundHit = tuple[int, int, Entry, float, str]


class _Initials(dict[int, str]):
    """Answer `str.translate`: Latin letters stay what they are, what has no syllable is none."""

    def __missing__(self, code: int) -> str:
        return "\0"


_INITIALS = _Initials({code: chr(code) for code in range(128)})
_INITIALS.update((ord(char), syllable[0]) for char, syllable in syllables().items())


class HomophoneMatcher:
    """Finds phrases by their syllables; each syllable is one private character, so the matcher stays the same."""

    def __init__(self, patterns: Iterable[tuple[str, Sequence[Entry]]]) -> None:
        table = syllables()
        self._codes = {syllable: chr(0xE000 + i) for i, syllable in enumerate(sorted(set(table.values())))}
        self._known = frozenset(self._codes) - _NO_SYLLABLES
        # What has no syllable stays as it is: no pattern has it.
        self._table = {ord(char): self._codes[syllable] for char, syllable in table.items()}
        self._patterns: list[tuple[str, Entry]] = []
        sounds: list[str] = []
        self._initials: dict[str, list[tuple[str, Entry]]] = {}
        self._fragments: set[str] = set()
        self._known_patterns: set[str] = set()
        for pattern, entries in patterns:
            self._known_patterns.add(pattern)
            if len(pattern) < 2 or any(ord(c) not in self._table for c in pattern):
                continue
            letters = "".join(table[c][0] for c in pattern)
            for entry in entries:
                self._patterns.append((pattern, entry))
                sounds.append(pattern.translate(self._table))
                if len(pattern) in _INITIALS_LENGTH:
                    self._initials.setdefault(letters, []).append((pattern, entry))
                    self._fragments.update(
                        letters[i:j] for i in range(len(letters)) for j in range(i + 2, len(letters) + 1)
                    )
        self._find = build_matcher(sounds).find
        self._find_initials = build_matcher(list(self._initials)).find
        self._letters = list(self._initials)

    def pinyin_runs(self, folded: str) -> list[tuple[int, int]]:
        """Return the runs of Latin letters that could be pinyin or initials of an entry."""
        return [
            match.span()
            for match in _LATIN.finditer(folded)
            if (run := match[0]) not in _EVERYDAY and (run in self._fragments or self._spelt(run) is not None)
        ]

    def hits(self, folded: str, direction: str, places: Iterable[tuple[int, int]]) -> Iterator[SoundHit]:
        """Yield start, end (in the folded text), entry, score 0–1 and how it was heard, near these places."""
        for start, end in _around(folded, places):
            part = folded[start:end]
            runs = _LATIN.findall(part)
            if any(self._spelt(run) is not None for run in runs):
                yield from self._spelt_hits(part, start, direction)
            else:
                yield from self._read_hits(part, start, direction)
            if runs:
                yield from self._initial_hits(part, start, direction)

    def _read_hits(self, folded: str, shift: int, direction: str) -> Iterator[SoundHit]:
        """Yield the hits of a text without a word in pinyin: each character has its own syllable."""
        bare = _marks_sub("", folded)
        places: list[int] = []
        for start, end, index in self._find(bare.translate(self._table)):
            pattern, entry = self._patterns[index]
            written = bare[start:end]
            if written == pattern:
                continue
            length = end - start
            same = sum(map(eq, written, pattern))
            score = _score(length, same, False)
            if not score or direction not in entry.family.directions:
                continue
            if length <= _SHORT and self._by_chance(written, pattern):
                continue
            places = places or [i for i, char in enumerate(folded) if char == "\n" or char.isalnum()]
            first, last = places[start], places[end - 1] + 1
            # Short ones stand together; long ones that do are judged by their own entry.
            apart = last - first > length
            if apart if length <= _SHORT else not apart and self._by_chance(written, pattern):
                continue
            yield shift + first, shift + last, entry, score, "homophone"

    def _spelt_hits(self, folded: str, shift: int, direction: str) -> Iterator[SoundHit]:
        text, starts, ends, spelt = self._romanise(folded)
        for start, end, index in self._find(text):
            pattern, entry = self._patterns[index]
            if direction not in entry.family.directions:
                continue
            first, last = starts[start], ends[end - 1]
            pinyin = any(spelt[start:end])
            same = sum(folded[starts[start + i]] == c for i, c in enumerate(pattern) if not spelt[start + i])
            written = folded[first:last]
            if not pinyin and (len(written) > len(pattern) <= _SHORT or self._by_chance(written, pattern)):
                continue
            score = _score(len(pattern), same, pinyin)
            if score and same < len(pattern):
                yield shift + first, shift + last, entry, score, "pinyin" if pinyin else "homophone"

    def _by_chance(self, written: str, pattern: str) -> bool:
        """Tell whether characters only happen to sound like a pattern."""
        if written in self._known_patterns or written in ORDINARY:
            return True  # judged by its own entry, or an everyday word
        # Short ones do not stand on words such as 是 and 的.
        return len(pattern) <= _SHORT and any(
            a != b and a in _FUNCTION_WORDS for a, b in zip(written, pattern, strict=False)
        )

    def _romanise(self, folded: str) -> tuple[str, list[int], list[int], list[bool]]:
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        spelt: list[bool] = []
        for token in _TOKEN.finditer(folded):
            run = token[0]
            position = token.start()
            code = self._codes.get(syllables().get(run, ""))
            pieces = self._spelt(run) if len(run) > 1 else None
            if pieces is not None:
                for piece in pieces:
                    parts.append(self._codes[piece])
                    starts.append(position)
                    position += len(piece)
                    ends.append(position)
                    spelt.append(True)
            elif code is not None or run == "\n" or run.isalnum():
                parts.append(code or "\0")
                starts.append(position)
                ends.append(token.end())
                spelt.append(False)
        return "".join(parts), starts, ends, spelt

    def _spelt(self, run: str) -> tuple[str, ...] | None:
        return split_syllables(run, self._known) if len(run) <= 40 else None

    def _initial_hits(self, folded: str, shift: int, direction: str) -> Iterator[SoundHit]:
        for cluster in _CLUSTER.finditer(folded):
            # Two letters at least are of the initials, so no more than four characters stand beside them.
            first = max(0, cluster.start() - 4)
            letters = folded[first : cluster.end() + 4].translate(_INITIALS)
            for start, end, index in self._find_initials(letters):
                for entry, score in self._initials_at(folded, first + start, first + end, index, direction):
                    yield shift + first + start, shift + first + end, entry, score, "initials"

    def _initials_at(
        self, folded: str, start: int, end: int, index: int, direction: str
    ) -> Iterator[tuple[Entry, float]]:
        run = folded[start:end]
        latin = sum(map(str.isascii, run))
        if latin < 2 or run in _EVERYDAY or not _whole_runs(folded, start, end):
            return
        for pattern, entry in self._initials[self._letters[index]]:
            same = all(a == b or a.isascii() for a, b in zip(run, pattern, strict=True))
            if same and direction in entry.family.directions:
                yield entry, 0.5 if latin == len(pattern) else 0.65


def _around(folded: str, places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Widen places so far that a phrase has room, not to cut a word; those that then touch become one."""
    start = end = -1
    for first, last in sorted(places):
        first, last = max(0, first - _ROOM), min(len(folded), last + _ROOM)
        while first and folded[first - 1] in _LETTERS:
            first -= 1
        while last < len(folded) and folded[last] in _LETTERS:
            last += 1
        if first > end:
            if end > 0:
                yield start, end
            start = first
        end = max(end, last)
    if end > 0:
        yield start, end


def homophone_variants(patterns: Iterable[str]) -> Iterator[str]:
    """Yield each pattern with one character replaced by a homophone: what wakes the search by sound."""
    table = syllables()
    alike = homophones()
    everything = set(patterns)
    for pattern in everything:
        if len(pattern) not in _ECHO_LENGTH or pattern[1:] in everything or pattern[:-1] in everything:
            continue
        for i, char in enumerate(pattern):
            for other in alike.get(table.get(char, ""), ()):
                echo = f"{pattern[:i]}{other}{pattern[i + 1 :]}"
                # What would be taken for chance wakes nothing.
                if other != char and other not in _FUNCTION_WORDS and echo not in ORDINARY:
                    yield echo


@lru_cache(maxsize=1)
def homophones() -> dict[str, tuple[str, ...]]:
    """List the common characters (GB 2312, first level) of each syllable."""
    alike: dict[str, list[str]] = {}
    for char, syllable in syllables().items():
        code = char.encode("gb2312", "ignore")
        if len(code) == 2 and code[0] < 0xD8:
            alike.setdefault(syllable, []).append(char)
    return {syllable: tuple(chars) for syllable, chars in alike.items()}


def _score(length: int, same: int, written: bool) -> float:
    """Rate a match by sound; 0 means too little to speak of."""
    if written:
        return min(0.95, 0.6 + 0.1 * (length - 2) + 0.05 * same)
    if length == 2:
        return 0.5 if same == 1 else 0.0  # two syllables alone say nothing
    if length == 3:
        return 0.6 if same == 2 else (0.5 if same == 1 else 0.0)
    return min(0.95, 0.5 + 0.1 * same)


def _whole_runs(folded: str, start: int, end: int) -> bool:
    left = start > 0 and folded[start].isascii() and folded[start - 1].isascii() and folded[start - 1].isalnum()
    right = end < len(folded) and folded[end - 1].isascii() and folded[end].isascii() and folded[end].isalnum()
    return not left and not right


@lru_cache(maxsize=4096)
def split_syllables(run: str, known: frozenset[str]) -> tuple[str, ...] | None:
    """Split a run of letters into pinyin syllables, long ones first; None when it is no pinyin."""
    if not run:
        return ()
    for length in range(min(6, len(run)), 0, -1):
        if run[:length] in known and (rest := split_syllables(run[length:], known)) is not None:
            return (run[:length], *rest)
    return None
