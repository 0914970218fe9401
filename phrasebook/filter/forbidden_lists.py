"""Read `forbidden/*.yml`: families of phrases that must not be said, and the contexts that excuse them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import NamedTuple

from phrasebook.errors import InvalidFilesError, Problem
from phrasebook.yaml_source import ProblemList, YamlSequence, line_of, read_yaml, yaml_files

LEVELS = ("suspect", "warn", "mask", "block")
DIRECTIONS = ("bot", "clerk", "customer")
_FILE_KEYS = frozenset({"kind", "title", "about", "families"})
_FAMILY_KEYS = frozenset(
    [
        "name",
        "reason",
        "level",
        "direction",
        "replacement",
        "sound",
        "single",
        "whole",
        "entries",
        "allow",
        "unless",
        "only",
        "caught",
        "passes",
    ]
)
_GROUP = re.compile(r"\(([^()]*)\)")
_MOST_FORMS = 200
# As they stand in the character classes of contexts.
_CLAUSE_ENDS = "，。！？"
# What comes before a hit is looked for this many characters back.
_REACH = 30


@dataclass(frozen=True)
class Context:
    """The surroundings of a hit: what stands right before it and right after it."""

    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    test: str = ""

    def holds(self, text: str, start: int, end: int) -> bool:
        """Tell whether a hit at this place of a text stands in these surroundings."""
        # What comes after is looked at first: it begins at one place, what comes before only ends at one.
        if self.after is not None and self.after.match(text, end) is None:
            return False
        if self.before is None:
            return True
        return self.before.search(text, start - _REACH if start > _REACH else 0, start) is not None


@dataclass(frozen=True)
class Family:
    """What the entries of one family have in common."""

    kind: str
    name: str
    reason: str
    level: str
    directions: frozenset[str]
    replacement: str = "safe.generic"
    sound: bool = False
    single: bool = False
    whole: bool = False
    unless: tuple[Context, ...] = ()
    only: tuple[Context, ...] = ()
    caught: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    file: str = ""
    line: int = 0

    @cached_property
    def contextual(self) -> bool:
        """Tell whether the surroundings of a hit matter."""
        return bool(self.unless or self.only)

    def excuses(self, text: str, start: int, end: int) -> bool:
        """Tell whether the surroundings of a hit excuse it."""
        for context in self._unless:
            if context.holds(text, start, end):
                return True
        return bool(self.only) and not any(context.holds(text, start, end) for context in self._only)

    @cached_property
    def _unless(self) -> tuple[Context, ...]:
        return _together(self.unless)

    @cached_property
    def _only(self) -> tuple[Context, ...]:
        return _together(self.only)


def _together(contexts: Iterable[Context]) -> tuple[Context, ...]:
    """Make one pattern of those that look only before a hit, and one of those that look only after it."""
    afters = [c.after.pattern for c in contexts if c.before is None and c.after is not None]
    befores = [c.before.pattern for c in contexts if c.after is None and c.before is not None]
    found = [Context(None, re.compile("|".join(afters)))] if afters else []
    found += [c for c in contexts if c.before is not None and c.after is not None]
    return (*found, Context(re.compile("|".join(befores)), None)) if befores else tuple(found)


class Entry(NamedTuple):
    """A forbidden phrase as it is written in the file."""

    text: str
    family: Family
    line: int = 0


class Allow(NamedTuple):
    """A span that excuses every hit inside it, with a sentence that proves it."""

    span: str
    test: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class Lists:
    """Everything that the files of a folder say."""

    families: tuple[Family, ...]
    entries: tuple[Entry, ...]
    allows: tuple[Allow, ...]
    titles: Mapping[str, str] = field(default_factory=dict)


def load_lists(folder: Path | str) -> Lists:
    """Load every `*.yml` of a folder.

    Raises:
        InvalidFilesError: anything is wrong; the error lists every fault of every file.
    """
    families: list[Family] = []
    entries: list[Entry] = []
    allows: list[Allow] = []
    titles: dict[str, str] = {}
    problems: list[Problem] = []
    for path in yaml_files(Path(folder)):
        try:
            table = read_yaml(path)
        except InvalidFilesError as error:
            problems.extend(error.problems)
            continue
        faults = ProblemList(str(path))
        faults.add_unknown_keys(table, _FILE_KEYS)
        kind = _text(table, "kind", faults)
        titles[kind] = _text(table, "title", faults)
        for row in _rows(table, "families", faults):
            family = _family(row, kind, faults)
            families.append(family)
            entries.extend(_entries(row, family, faults))
            allows.extend(_allows(row, faults))
        problems.extend(faults.problems)
    if not families and not problems:
        problems.append(Problem(str(folder), 0, "", "no *.yml with families in this folder"))
    if problems:
        raise InvalidFilesError(problems)
    return Lists(tuple(families), tuple(entries), tuple(allows), titles)


def forms(text: str) -> list[str]:
    """Write out an entry: (甲|乙|) stands for one of its parts, 你 for 您 too.

    Raises:
        ValueError: more than 200 forms, or a bracket without its partner.
    """
    parts = _GROUP.split(text)
    if any(c in "()|" for part in parts[::2] for c in part):
        raise ValueError("a bracket or | without its partner")
    choices = [part.split("|") if index % 2 else [part] for index, part in enumerate(parts)]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > _MOST_FORMS:
        raise ValueError(f"stands for {count} forms, at most {_MOST_FORMS}")
    written = list(dict.fromkeys("".join(combination) for combination in product(*choices)))
    return written + [form.replace("你", "您") for form in written if "你" in form]


def _family(row: Mapping[str, object], kind: str, faults: ProblemList) -> Family:
    faults.add_unknown_keys(row, _FAMILY_KEYS)
    level = row.get("level", "block")
    if level not in LEVELS:
        faults.add(row, "level", f"is {level!r}; available: {', '.join(LEVELS)}")
    directions = _texts(row, "direction", faults) or ("bot", "clerk")
    for direction in directions:
        if direction not in DIRECTIONS:
            faults.add(row, "direction", f"is {direction!r}; available: {', '.join(DIRECTIONS)}")
    return Family(
        kind=kind,
        name=_text(row, "name", faults),
        reason=_text(row, "reason", faults),
        level=str(level),
        directions=frozenset(directions),
        replacement=_text(row, "replacement", faults),
        sound=row.get("sound") is True,
        single=row.get("single") is True,
        whole=row.get("whole") is True,
        unless=_contexts(row, "unless", faults),
        only=_contexts(row, "only", faults),
        caught=_texts(row, "caught", faults),
        passes=_texts(row, "passes", faults),
        file=faults.file,
        line=line_of(row),
    )


def _entries(row: Mapping[str, object], family: Family, faults: ProblemList) -> list[Entry]:
    rows = row.get("entries")
    if not isinstance(rows, YamlSequence) or not rows:
        faults.add(row, "entries", "must list at least one phrase")
        return []
    found: list[Entry] = []
    for line, text in zip(rows.lines, rows, strict=True):
        if not isinstance(text, str) or not text.strip():
            faults.add_at(line, "entries", "each entry must be text (quote numbers)")
            continue
        try:
            forms(text)
        except ValueError as error:
            faults.add_at(line, "entries", f"{text!r} {error}")
            continue
        found.append(Entry(text.strip(), family, line))
    return found


def _allows(row: Mapping[str, object], faults: ProblemList) -> list[Allow]:
    found: list[Allow] = []
    for item in _rows(row, "allow", faults) if "allow" in row else []:
        faults.add_unknown_keys(item, frozenset({"span", "test"}))
        span, test = _text(item, "span", faults), _text(item, "test", faults)
        found.append(Allow(span, test, faults.file, line_of(item)))
    return found


def _contexts(row: Mapping[str, object], key: str, faults: ProblemList) -> tuple[Context, ...]:
    found: list[Context] = []
    for item in _rows(row, key, faults) if key in row else []:
        faults.add_unknown_keys(item, frozenset({"before", "after", "test"}))
        try:
            before = re.compile(f"(?:{_typed(item['before'])})\\Z") if item.get("before") else None
            after = re.compile(f"(?:{_typed(item['after'])})") if item.get("after") else None
        except re.error as error:
            faults.add(item, None, f"no regular expression: {error}")
            continue
        if before is None and after is None:
            faults.add(item, None, "needs before or after")
        found.append(Context(before, after, _text(item, "test", faults)))
    return tuple(found)


def _typed(pattern: object) -> str:
    """Let the marks that end a clause stand for the ASCII ones too, which are typed as often."""
    return str(pattern).replace(_CLAUSE_ENDS, f"{_CLAUSE_ENDS},!?")


def _rows(table: Mapping[str, object], key: str, faults: ProblemList) -> list[Mapping[str, object]]:
    rows = table.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        faults.add(table, key, "must be a list of mappings")
        return []
    return rows


def _text(table: Mapping[str, object], key: str, faults: ProblemList) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        faults.add(table, key, "is missing or no text")
        return ""
    return value.strip()


def _texts(table: Mapping[str, object], key: str, faults: ProblemList) -> tuple[str, ...]:
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
        faults.add(table, key, "must be a list of texts")
        return ()
    return tuple(rows)
