"""Compile deny and allow entries into one automaton and decide which hits stand."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from phrasebook.errors import InvalidFilesError, Problem
from phrasebook.filter.fold import find_unfolded, fold, fold_unfolded
from phrasebook.filter.forbidden_lists import Allow, Context, Entry, Lists, forms
from phrasebook.filter.homophones import HomophoneMatcher, homophone_variants
from phrasebook.filter.matcher import Matcher, Occurrence, build_matcher
from phrasebook.filter.triggers import DENY, ECHO, NUMERAL, trigger_patterns
from phrasebook.numerals import TO_COMMON, TO_FIGURES, TO_FORMAL

# An entry with a number is known in plain, Chinese and formal digits; mixtures are the form `digits`.
NUMERALS = {code: figure for code, figure in TO_FIGURES.items() if chr(code) in NUMERAL}
_HAS_NUMERAL = re.compile("[0-9一二三四五六七八九]")
_LATIN_EDGE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_MARK = re.compile(r"[^\w%]")
# A bare refusal with its courtesies is no longer than this.
WHOLE_LENGTH = 24
# Start and end in the text searched, and the entry.
Standing = tuple[int, int, Entry]


class Rules:
    """The compiled lists; never changed once made.

    `find` searches for everything at once, `flags` tells of each pattern what it stands for (see `signs`),
    `longest` is the length of the longest entry.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        allows: Iterable[Allow] = (),
        *,
        matcher: Callable[[Sequence[str]], Matcher] = build_matcher,
    ) -> None:
        self.entries = tuple(entries)
        self.allows = tuple(allows)
        with _undisturbed():
            self._compile(matcher)

    def _compile(self, matcher: Callable[[Sequence[str]], Matcher]) -> None:
        owners = patterns_of(entry for entry in self.entries if not entry.family.whole)
        self._whole = _whole_patterns(entry for entry in self.entries if entry.family.whole)
        self._owners = list(owners.values())
        self._latin = {
            index for index, pattern in enumerate(owners) if pattern[0] in _LATIN_EDGE or pattern[-1] in _LATIN_EDGE
        }
        sounding = _sounding(owners)
        self.homophones = HomophoneMatcher(sounding)
        wakers = trigger_patterns(owners, homophone_variants(pattern for pattern, _ in sounding))
        spans = [span for span in dict.fromkeys(_spans(self.allows)) if span and span not in owners]
        self._deny = len(owners)
        self._allow = self._deny + len(spans)
        # An entry or an allow span is no echo of another: it is what it says.
        self.flags = [DENY | wakers.pop(pattern, 0) & ~ECHO for pattern in owners]
        self.flags += [wakers.pop(span, 0) & ~ECHO for span in spans]
        self.flags += wakers.values()
        self.longest = max(map(len, owners), default=0)
        patterns = [*owners, *spans, *wakers]
        self.find = matcher(patterns).find
        self.size = len(patterns)

    def exact(self, text: str, direction: str) -> list[Standing]:
        """Find what stands in a text, offsets in the folded text: fold, deny, allow, containment."""
        folded = text if find_unfolded(text) is None else fold_unfolded(text)
        found = self.find(folded)
        if len(folded) > WHOLE_LENGTH:
            return self.standing(folded, found, direction) if found else []
        return self.standing(folded, found, direction) + self.whole_message(folded, direction)

    def place_in_text(self, text: str, without: str, found: Sequence[Occurrence]) -> tuple[list[Occurrence], bool]:
        """Place what was found in a text without its marks in the text itself; tell whether an entry is hidden."""
        standing: list[Occurrence] = []
        hidden = False
        last: dict[int, int] = {}
        for start, end, index in found:
            if index < self._allow:
                # What stands in the text stands in the text without marks too, so that each place is come to.
                place = text.find(without[start:end], last.get(index, -1) + 1)
                if place >= 0:
                    last[index] = place
                    standing.append((place, place + end - start, index))
                elif index < self._deny:
                    hidden = True
        return standing, hidden

    def denied(self, found: Sequence[Occurrence]) -> list[Occurrence]:
        """Leave of what was found the deny entries."""
        deny = self._deny
        return [hit for hit in found if hit[2] < deny]

    def whole_message(self, text: str, direction: str) -> list[Standing]:
        """Find entries that are forbidden only as the whole message, such as a bare 不行."""
        if len(text) > WHOLE_LENGTH:
            return []
        return [
            (*match.span("entry"), owners[match["entry"]])
            for pattern, owners in self._whole
            if (match := pattern.match(text)) is not None and direction in owners[match["entry"]].family.directions
        ]

    def is_pattern_of(self, folded: str, entry: Entry) -> bool:
        """Tell whether a folded form is found as a pattern of this entry."""
        if entry.family.whole:
            return any(known.get(folded) == entry for _, known in self._whole)
        return any(
            (start, end) == (0, len(folded)) and entry in self._owners[index]
            for start, end, index in self.find(folded)
            if index < self._deny
        )

    def holds_any_entry(self, text: str, direction: str) -> bool:
        """Tell whether any forbidden entry occurs in a text, whatever its surroundings."""
        if self.whole_message(fold(text), direction):
            return True
        return any(
            direction in entry.family.directions
            for _, _, index in self.find(_plain(fold(text)))
            if index < self._deny
            for entry in self._owners[index]
        )

    def standing(self, text: str, found: Sequence[Occurrence], direction: str) -> list[Standing]:
        """Return the hits that stand: none that one allow span holds whole or its context excuses."""
        deny, allow = self._deny, self._allow
        standing: list[Standing] = []
        spans = [hit for hit in found if deny <= hit[2] < allow] if len(found) > 1 else ()
        for start, end, index in found:
            if index >= deny or (index in self._latin and not _apart(text, start, end)):
                continue
            if spans and any(first <= start and end <= last for first, last, _ in spans):
                continue
            for entry in self._owners[index]:
                family = entry.family
                if direction in family.directions and not (family.contextual and family.excuses(text, start, end)):
                    standing.append((start, end, entry))
        return standing


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the garbage collector from walking over a hundred thousand new objects again and again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def compile_lists(lists: Lists) -> Rules:
    """Compile lists and let them prove themselves before they are taken into use.

    Raises:
        InvalidFilesError: an entry is not found in itself, an allow sentence is blocked, an entry is too short.
    """
    rules = Rules(lists.entries, lists.allows)
    problems = [problem for entry in lists.entries for problem in _self_test(rules, entry)]
    for allow in lists.allows:
        if not any(span in _plain(fold(allow.test)) for span in _spans([allow])):
            problems.append(Problem(allow.file, allow.line, "allow", f"{allow.test!r} does not hold {allow.span!r}"))
    if problems:
        raise InvalidFilesError(problems)
    return rules


def _spans(allows: Iterable[Allow]) -> Iterator[str]:
    for allow in allows:
        simple = "(" not in allow.span and "你" not in allow.span
        for form in (allow.span,) if simple else forms(allow.span):
            yield _plain(fold(form))


def _self_test(rules: Rules, entry: Entry) -> list[Problem]:
    family = entry.family
    problems: list[Problem] = []
    for form in forms(entry.text):
        folded = _plain(fold(form))
        if len(folded) < (1 if family.single else 2):
            problems.append(Problem(family.file, entry.line, "entries", f"{form!r} is too short (see `single`)"))
        elif family.whole and not family.only:
            problems.append(Problem(family.file, family.line, "whole", "needs `only`: what may stand around"))
        elif not rules.is_pattern_of(folded, entry):
            problems.append(Problem(family.file, entry.line, "entries", f"{form!r} does not match itself"))
    return problems


def patterns_of(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    """Write out the folded patterns of entries and tell which entries each stands for."""
    written: list[str] = []
    authors: list[Entry] = []
    for entry in entries:
        text = entry.text
        if "(" not in text and "你" not in text:
            written.append(text)
            authors.append(entry)
        else:
            more = forms(text)
            written += more
            authors += [entry] * len(more)
    owners: dict[str, tuple[Entry, ...]] = {}
    folded = _fold_all(written)
    _own(owners, folded, authors)
    has_numeral = _HAS_NUMERAL.search
    counting = [index for index, pattern in enumerate(folded) if has_numeral(pattern)]
    digits = "\n".join([folded[index] for index in counting]).translate(NUMERALS)
    authors = [authors[index] for index in counting]
    for variant in (digits, digits.translate(TO_COMMON), digits.translate(TO_FORMAL)):
        _own(owners, variant.split("\n"), authors)
    return owners


def _fold_all(texts: Sequence[str]) -> list[str]:
    """Fold many short texts in one go and leave out their marks, as the squeezed text has none."""
    # Each character is folded for itself, so the lines stay apart; one that holds a line break breaks the count.
    folded = fold("\n".join(texts))
    lines = folded.split("\n")
    if len(lines) != len(texts):
        return [_plain(fold(text)) for text in texts]
    return [line if line.isalnum() else _plain(line) for line in lines]


def _sounding(owners: Mapping[str, tuple[Entry, ...]]) -> list[tuple[str, list[Entry]]]:
    found = []
    for pattern, entries in owners.items():
        heard = [entry for entry in entries if entry.family.sound]
        if heard:
            found.append((pattern, heard))
    return found


def _whole_patterns(entries: Iterable[Entry]) -> list[tuple[re.Pattern[str], dict[str, Entry]]]:
    families: dict[int, dict[str, Entry]] = {}
    for entry in entries:
        known = families.setdefault(id(entry.family), {})
        known.update((_plain(fold(form)), entry) for form in forms(entry.text))
    found = []
    for known in families.values():
        family = next(iter(known.values())).family
        context = family.only[0] if family.only else Context(None, None)
        before = context.before.pattern.removesuffix("\\Z") if context.before else ""
        after = context.after.pattern if context.after else ""
        words = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
        found.append((re.compile(f"{before}(?P<entry>{words}){after}"), known))
    return found


def _own(owners: dict[str, tuple[Entry, ...]], patterns: Sequence[str], entries: Sequence[Entry]) -> None:
    for pattern, entry in zip(patterns, entries, strict=False):  # no entries at all still make one empty line
        if pattern not in owners:
            owners[pattern] = (entry,)
        elif entry not in owners[pattern]:
            owners[pattern] = (*owners[pattern], entry)
    owners.pop("", None)


def _plain(pattern: str) -> str:
    # Marks inside an entry are left out, as the squeezed text has none.
    return pattern if _MARK.search(pattern) is None else _MARK.sub("", pattern)


def _apart(text: str, start: int, end: int) -> bool:
    """Tell whether a hit is not the middle of a Latin word: “sb” in “usb” is none."""
    if start and text[start] in _LATIN_EDGE and text[start - 1] in _LATIN_EDGE:
        return False
    return not (end < len(text) and text[end] in _LATIN_EDGE and text[end - 1] in _LATIN_EDGE)
