"""Compile deny and allow entries into one automaton and decide which hits stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from phrasebook.errors import BadBook, Problem
from phrasebook.fold import fold, is_folded, rows
from phrasebook.forbid import Allow, Context, Entry, Lists, forms
from phrasebook.match import Found, Matcher, build_matcher
from phrasebook.sound import Sound, echoes

# An entry with a number is known in plain, Chinese and formal digits; mixtures are the form `digits`.
NUMERALS = str.maketrans("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "00123456789123456789")
_CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")
_FORMAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
_HAS_NUMERAL = re.compile("[0-9一二三四五六七八九]")
_LATIN_EDGE = re.compile(r"[a-z0-9]")
_MARK = re.compile(r"[^\w%]")
# A bare refusal with its courtesies is no longer than this.
WHOLE_LENGTH = 24
# A mobile number in words begins so; found by the automaton, it costs nothing to look for.
_SPOKEN = [
    a + b + c for a in "一幺壹" for b in "三五七八九叁伍柒捌玖" for c in "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
]
# Start and end in the text searched, and the entry.
Standing = tuple[int, int, Entry]
SPLITS: dict[str, str] = {row[2:]: row[0] for row in rows("split.txt")}


class Signs(NamedTuple):
    """Tell what else to look for.

    `split`: a character pulled apart was seen; `spoken`: the start of a phone number in words;
    `echo`: a forbidden phrase with one homophone in it.
    """

    split: bool = False
    spoken: bool = False
    echo: bool = False


class Rules:
    """Hold compiled lists; never changed once made."""

    def __init__(
        self,
        entries: Iterable[Entry],
        allows: Iterable[Allow] = (),
        *,
        matcher: Callable[[Sequence[str]], Matcher] = build_matcher,
    ) -> None:
        self.entries = tuple(entries)
        self.allows = tuple(allows)
        owners = patterns_of(entry for entry in self.entries if not entry.family.whole)
        self._whole = _whole_patterns(entry for entry in self.entries if entry.family.whole)
        patterns = list(owners)
        self._owners = list(owners.values())
        self._deny = len(patterns)
        known = set(patterns)
        patterns += [p for p in dict.fromkeys(_spans(self.allows)) if p and p not in known]
        self._allow = len(patterns)
        known.update(patterns)
        sounding = [(pattern, found) for pattern, found in owners.items() if any(e.family.sound for e in found)]
        self.sound = Sound((p, [e for e in found if e.family.sound]) for p, found in sounding)
        patterns += [p for p in SPLITS if p not in known]
        self._split = len(patterns)
        patterns += [p for p in _SPOKEN if p not in known]
        self._spoken = len(patterns)
        patterns += [p for p in dict.fromkeys(echoes(p for p, _ in sounding)) if p not in known]
        self.find = matcher(patterns).find
        self.size = len(patterns)

    def exact(self, text: str, direction: str) -> list[Standing]:
        """Find what stands in a text, offsets in the folded text: fold, deny, allow, containment."""
        folded = text if is_folded(text) else fold(text)
        found = self.find(folded)
        if not found and len(folded) > WHOLE_LENGTH:
            return []
        standing = self.decide(folded, found, direction) if found else []
        return standing + self.whole(folded, direction) if len(folded) <= WHOLE_LENGTH else standing

    def signs(self, found: Sequence[Found]) -> Signs:
        """Tell what a text needs to be looked at for, besides its hits."""
        split, spoken = self._split, self._spoken
        marks = [index for _, _, index in found if index >= self._allow]
        return Signs(
            any(i < split for i in marks), any(split <= i < spoken for i in marks), any(i >= spoken for i in marks)
        )

    def whole(self, text: str, direction: str) -> list[Standing]:
        """Find entries that are forbidden only as the whole message, such as a bare 不行."""
        if len(text) > WHOLE_LENGTH:
            return []
        return [
            (*match.span("entry"), owners[match["entry"]])
            for pattern, owners in self._whole
            if (match := pattern.match(text)) is not None and direction in owners[match["entry"]].family.directions
        ]

    def knows(self, folded: str, entry: Entry) -> bool:
        """Tell whether a folded form is found as a pattern of this entry."""
        if entry.family.whole:
            return any(known.get(folded) == entry for _, known in self._whole)
        return any(
            (start, end) == (0, len(folded)) and entry in self._owners[index]
            for start, end, index in self.find(folded)
            if index < self._deny
        )

    def touches(self, text: str, direction: str) -> bool:
        """Tell whether any deny entry occurs in a text, whatever its surroundings."""
        if self.whole(fold(text), direction):
            return True
        return any(
            direction in entry.family.directions
            for _, _, index in self.find(_plain(fold(text)))
            if index < self._deny
            for entry in self._owners[index]
        )

    def decide(self, text: str, found: Sequence[Found], direction: str) -> list[Standing]:
        """Keep the hits that stand: none that one allow span holds whole or its context excuses."""
        deny, allow = self._deny, self._allow
        spans = [(start, end) for start, end, index in found if deny <= index < allow]
        return [
            (start, end, entry)
            for start, end, index in found
            if index < deny and not any(a <= start and end <= b for a, b in spans)
            for entry in self._owners[index]
            if direction in entry.family.directions and _stands(entry, text, start, end)
        ]


def compile_lists(lists: Lists) -> Rules:
    """Compile lists and let them prove themselves before they are taken into use.

    Raises:
        BadBook: an entry is not found in itself, an allow sentence is blocked, an entry is too short.
    """
    rules = Rules(lists.entries, lists.allows)
    problems = [problem for entry in lists.entries for problem in _self_test(rules, entry)]
    for allow in lists.allows:
        if not any(span in _plain(fold(allow.test)) for span in _spans([allow])):
            problems.append(Problem(allow.file, allow.line, "allow", f"{allow.test!r} does not hold {allow.span!r}"))
    if problems:
        raise BadBook(problems)
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
        elif not rules.knows(folded, entry):
            problems.append(Problem(family.file, entry.line, "entries", f"{form!r} does not match itself"))
    return problems


def patterns_of(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    """Write out the folded patterns of entries and tell which entries each stands for."""
    owners: dict[str, tuple[Entry, ...]] = {}
    for entry in entries:
        text = entry.text
        simple = "(" not in text and "你" not in text
        for form in (text,) if simple else forms(text):
            _own(owners, fold(form), entry)
            if _HAS_NUMERAL.search(form):
                digits = fold(form).translate(NUMERALS)
                for variant in (digits, digits.translate(_CHINESE), digits.translate(_FORMAL)):
                    _own(owners, variant, entry)
    return owners


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


def _own(owners: dict[str, tuple[Entry, ...]], pattern: str, entry: Entry) -> None:
    pattern = _plain(pattern)
    if not pattern:
        return
    owned = owners.get(pattern)
    if owned is None:
        owners[pattern] = (entry,)
    elif entry not in owned:
        owners[pattern] = (*owned, entry)


def _plain(pattern: str) -> str:
    # Marks inside an entry are left out, as the squeezed text has none.
    return pattern if _MARK.search(pattern) is None else _MARK.sub("", pattern)


def _stands(entry: Entry, text: str, start: int, end: int) -> bool:
    if _LATIN_EDGE.match(text, start) and start and _LATIN_EDGE.match(text, start - 1):
        return False  # “sb” in “usb” is none
    if _LATIN_EDGE.match(text, end - 1) and end < len(text) and _LATIN_EDGE.match(text, end):
        return False
    family = entry.family
    return not ((family.unless or family.only) and family.excuses(text, start, end))
