"""Hear phrases that are written by their sound: pinyin, initials, homophones. Suspicions only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from phrasebook.fold import rows, syllables
from phrasebook.forbid import Entry
from phrasebook.match import build_matcher

_TOKEN = re.compile(r"[a-z]+|.", re.DOTALL)
_LATIN = re.compile(r"[a-z][a-z]+")
_INITIALS_LENGTH = range(3, 7)
# Longer phrases are mostly found by a shorter one inside them; all their echoes would be too many.
_ECHO_LENGTH = range(2, 4)
# Abbreviations of everyday and of the shop; initials of something forbidden only by chance.
_EVERYDAY = frozenset(
    [
        "app",
        "sd",
        "pr",
        "xl",
        "dz",
        "vip",
        "usb",
        "wifi",
        "gps",
        "led",
        "lcd",
        "pos",
        "pdf",
        "cpu",
        "gpu",
        "ram",
        "rom",
        "sku",
        "kfc",
        "dvd",
        "ktv",
        "atm",
        "mtv",
        "nfc",
        "hdmi",
        "type",
        "bug",
        "pro",
        "max",
        "mini",
        "plus",
        "ipad",
        "iphone",
        "oppo",
        "vivo",
        "ok",
        "qq",
        "wx",
        "zfb",
        "sms",
        "otp",
        "apk",
        "ios",
        "url",
        "www",
        "com",
        "http",
        "https",
        "png",
        "jpg",
        "gif",
        "mp3",
        "mp4",
        "tv",
        "pc",
        "ac",
        "dc",
        "kg",
        "km",
        "cm",
        "mm",
        "ml",
        "db",
        "hz",
        "mah",
        "vat",
        "qc",
        "sn",
        "imei",
        "sim",
        "gb",
        "mb",
        "tb",
        "ssd",
        "hdd",
        "ups",
        "ems",
        "dhl",
        "zto",
        "yto",
        "sto",
        "jd",
        "tb",
        "pdd",
        "ems",
    ]
)

_FUNCTION_WORDS = frozenset("是的了您有在不这那我一他她它们就都也和与及或到给把被让会能要可个上下中来去时后前")
# Patterns up to this length sound like something else too easily.
_SHORT = 3
# Sounds that are letters rather than syllables; with them every run would be pinyin.
_NO_SYLLABLES = frozenset({"m", "n", "ng", "hm", "hng", "o", "e", "a"})

# Two characters that sound like a forbidden pair and are an everyday word or part of one: 件人 in 收件人.
ORDINARY = frozenset(word for row in rows("ordinary.txt") for word in row.split())

SoundHit = tuple[int, int, Entry, float, str]


class Sound:
    """Match syllables: each syllable is one private character, so the matcher stays the same."""

    def __init__(self, patterns: Iterable[tuple[str, Sequence[Entry]]]) -> None:
        table = syllables()
        self._codes = {syllable: chr(0xE000 + i) for i, syllable in enumerate(sorted(set(table.values())))}
        self._known = frozenset(self._codes) - _NO_SYLLABLES
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

    def wakes(self, folded: str) -> bool:
        """Tell whether a run of Latin letters could be pinyin or initials of an entry."""
        return any(
            run not in _EVERYDAY and (run in self._fragments or self._spelt(run) is not None)
            for run in _LATIN.findall(folded)
        )

    def hits(self, folded: str, direction: str) -> Iterator[SoundHit]:
        """Yield start, end (in the folded text), entry, score 0–1 and how it was heard."""
        text, starts, ends, spelt = self._romanise(folded)
        for start, end, index in self._find(text):
            pattern, entry = self._patterns[index]
            if direction not in entry.family.directions:
                continue
            first, last = starts[start], ends[end - 1]
            written = any(spelt[start:end])
            same = sum(folded[starts[start + i]] == c for i, c in enumerate(pattern) if not spelt[start + i])
            if not written and self._by_chance(folded, first, last, pattern):
                continue
            score = _score(len(pattern), same, written)
            if score and same < len(pattern):
                yield first, last, entry, score, "pinyin" if written else "homophone"
        if _LATIN.search(folded):
            yield from self._initial_hits(folded, direction)

    def _by_chance(self, folded: str, first: int, last: int, pattern: str) -> bool:
        """Tell whether characters only happen to sound like a pattern."""
        written = folded[first:last]
        if written in self._known_patterns or written in ORDINARY:
            return True  # judged by its own entry, or an everyday word
        if len(pattern) > _SHORT:
            return False
        # Short ones stand together and not on words such as 是 and 的.
        return len(written) > len(pattern) or any(
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
            code = self._table.get(ord(run)) if len(run) == 1 else None
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
        return spell(run, self._known) if len(run) <= 40 else None

    def _initial_hits(self, folded: str, direction: str) -> Iterator[SoundHit]:
        table = syllables()
        letters = "".join(c if c.isascii() else table.get(c, "\0")[0] for c in folded)
        for start, end, index in self._find_initials(letters):
            latin = [i for i in range(start, end) if folded[i].isascii()]
            if len(latin) < 2 or not _whole_runs(folded, start, end):
                continue
            run = folded[start:end]
            if run in _EVERYDAY:
                continue
            for pattern, entry in self._initials[self._letters[index]]:
                same = all(folded[start + i] == c for i, c in enumerate(pattern) if not folded[start + i].isascii())
                if same and direction in entry.family.directions:
                    yield start, end, entry, 0.5 if len(latin) == len(pattern) else 0.65, "initials"


def echoes(patterns: Iterable[str]) -> Iterator[str]:
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
                if other != char and echo not in ORDINARY:
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
def spell(run: str, known: frozenset[str]) -> tuple[str, ...] | None:
    """Part a run of letters into pinyin syllables, long ones first; None when it is no pinyin."""
    if not run:
        return ()
    for length in range(min(6, len(run)), 0, -1):
        if run[:length] in known and (rest := spell(run[length:], known)) is not None:
            return (run[:length], *rest)
    return None
