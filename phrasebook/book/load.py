"""Load the files of approved phrases into a book; every fault is told with file, line, key and cause."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from phrasebook.book.book import (
    FREE_TYPES,
    PLACEHOLDER,
    STATES,
    TONES,
    TYPES,
    ApprovedPhrases,
    ChannelLimit,
    Phrase,
    Variable,
)
from phrasebook.errors import InvalidFilesError, Problem
from phrasebook.yaml_source import ProblemList, YamlSequence, line_of, read_yaml, yaml_files

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)+")
_FILE_KEYS = frozenset({"scene", "owner", "phrases", "safe"})
_PHRASE_KEYS = frozenset(
    [
        "id",
        "version",
        "state",
        "purpose",
        "tone",
        "variables",
        "channels",
        "valid",
        "care",
        "instead_of",
        "owner",
        "variants",
    ]
)
_VARIABLE_KEYS = frozenset({"type", "sample", "masked", "max_length"})
_LIMIT_KEYS = frozenset({"max_bytes", "max_chars"})
_DEFAULT_LENGTH = {"text": 200, "list": 600, "numbered": 600, "person": 20, "address": 100, "url": 500}


def load_phrases(*folders: Path | str) -> ApprovedPhrases:
    """Load every `*.yml` of some folders into one book.

    Args:
        folders: the first must hold phrases; one that is not there adds none (a shop without phrases of its own).

    Raises:
        InvalidFilesError: anything is wrong; the error lists every fault of every file.
    """
    phrases: dict[str, Phrase] = {}
    safe: dict[str, str] = {}
    problems: list[Problem] = []
    for path in (path for folder in folders for path in yaml_files(Path(folder))):
        try:
            table = read_yaml(path)
        except InvalidFilesError as error:
            problems.extend(error.problems)
            continue
        faults = ProblemList(str(path))
        for phrase in _file(table, faults, safe):
            if phrase.id in phrases:
                first = phrases[phrase.id]
                faults.add_at(phrase.line, "id", f"{phrase.id} stands already in {first.file}:{first.line}")
            phrases.setdefault(phrase.id, phrase)
        problems.extend(faults.problems)
    if not phrases and not problems:
        problems.append(Problem(str(folders[0]), 0, "", "no *.yml with phrases in this folder"))
    if problems:
        raise InvalidFilesError(problems)
    return ApprovedPhrases(phrases.values(), safe)


def phrase_from_table(table: Mapping[str, object], scene: str, owner: str, source: str) -> Phrase:
    """Make a phrase of one mapping of the YAML's shape, such as a revision of the database.

    Raises:
        InvalidFilesError: a fault in the mapping; `source` stands for the file in its message.
    """
    faults = ProblemList(source)
    phrase = _phrase(table, scene, owner, faults)
    if faults.problems or phrase is None:
        raise InvalidFilesError(faults.problems)
    return phrase


def phrase_to_table(phrase: Phrase) -> dict[str, object]:
    """Turn a phrase back into the mapping that its YAML file would hold."""
    table: dict[str, object] = {"id": phrase.id, "version": phrase.version, "state": phrase.state}
    table.update(purpose=phrase.purpose, tone=phrase.tone)
    if phrase.variables:
        table["variables"] = {name: _variable_table(v) for name, v in phrase.variables.items()}
    if phrase.channels:
        table["channels"] = {name: _limit_table(limit) for name, limit in phrase.channels.items()}
    if phrase.valid_from or phrase.valid_until:
        table["valid"] = {"from": phrase.valid_from, "until": phrase.valid_until}
    if phrase.care:
        table["care"] = phrase.care
    if phrase.instead_of:
        table["instead_of"] = phrase.instead_of
    table["variants"] = list(phrase.variants)
    return table


def _variable_table(variable: Variable) -> dict[str, object]:
    table: dict[str, object] = {"type": variable.type, "sample": variable.sample}
    if variable.masked:
        table["masked"] = True
    if variable.max_length != _DEFAULT_LENGTH.get(variable.type, 60):
        table["max_length"] = variable.max_length
    return table


def _limit_table(limit: ChannelLimit) -> object:
    if not limit.allowed:
        return False
    pairs = {"max_bytes": limit.max_bytes, "max_chars": limit.max_chars}
    return {key: value for key, value in pairs.items() if value is not None}


def _file(table: Mapping[str, object], faults: ProblemList, safe: dict[str, str]) -> list[Phrase]:
    faults.add_unknown_keys(table, _FILE_KEYS)
    scene = _text(table, "scene", faults)
    owner = _text(table, "owner", faults)
    if table.get("safe") is not None:
        safe[scene] = _text(table, "safe", faults)
    rows = table.get("phrases")
    if not isinstance(rows, YamlSequence) or not rows:
        faults.add(table, "phrases", "must be a list of phrases")
        return []
    found: list[Phrase] = []
    for line, row in zip(rows.lines, rows, strict=True):
        if not isinstance(row, dict):
            faults.add_at(line, "phrases", "each phrase must be a mapping")
            continue
        phrase = _phrase(row, scene, owner, faults)
        if phrase is not None:
            found.append(phrase)
    return found


def _phrase(table: Mapping[str, object], scene: str, owner: str, faults: ProblemList) -> Phrase | None:
    before = len(faults.problems)
    faults.add_unknown_keys(table, _PHRASE_KEYS)
    phrase_id = _text(table, "id", faults)
    if phrase_id and not _ID.fullmatch(phrase_id):
        faults.add(table, "id", f"{phrase_id!r} is not <scene>.<name> in small letters, digits and _")
    version = table.get("version", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        faults.add(table, "version", "must be a whole number from 1 on")
        version = 1
    variables = _variables(table, faults)
    valid_from, valid_until = _valid(table, faults)
    variants, lines = _variants(table, variables, faults)
    phrase = Phrase(
        id=phrase_id,
        scene=scene,
        version=version,
        state=_one_of(table, "state", STATES, faults),
        purpose=_text(table, "purpose", faults),
        tone=_one_of(table, "tone", TONES, faults, default="neutral"),
        variants=variants,
        variables=variables,
        channels=_channels(table, faults),
        owner=_text(table, "owner", faults) if "owner" in table else owner,
        valid_from=valid_from,
        valid_until=valid_until,
        care=_text(table, "care", faults) if table.get("care") is not None else None,
        instead_of=_text(table, "instead_of", faults) if table.get("instead_of") is not None else None,
        file=faults.file,
        line=line_of(table),
        variant_lines=lines,
    )
    return phrase if len(faults.problems) == before else None


def _text(table: Mapping[str, object], key: str, faults: ProblemList) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        faults.add(table, key, "is missing or empty" if value is None or value == "" else "must be text")
        return ""
    return value.strip()


def _one_of(
    table: Mapping[str, object], key: str, choices: Sequence[str], faults: ProblemList, default: str | None = None
) -> str:
    value = table.get(key, default)
    if value in choices:
        return str(value)
    faults.add(table, key, f"is {value!r}; available: {', '.join(choices)}")
    return choices[0]


def _variables(table: Mapping[str, object], faults: ProblemList) -> dict[str, Variable]:
    rows = table.get("variables") or {}
    if not isinstance(rows, Mapping):
        faults.add(table, "variables", "must map names to {type, sample}")
        return {}
    found: dict[str, Variable] = {}
    for name, row in rows.items():
        if not PLACEHOLDER.fullmatch("{" + str(name) + "}"):
            faults.add(rows, str(name), "a variable's name is small letters, digits and _")
        elif not isinstance(row, Mapping):
            faults.add(rows, name, "must be {type: …, sample: …}")
        else:
            found[name] = _variable(name, row, faults)
    return found


def _variable(name: str, row: Mapping[str, object], faults: ProblemList) -> Variable:
    faults.add_unknown_keys(row, _VARIABLE_KEYS)
    kind = _one_of(row, "type", TYPES, faults)
    sample = row.get("sample")
    if sample is None or isinstance(sample, (list, dict)):
        faults.add(row, "sample", f"variable {name} needs a sample value")
    masked = row.get("masked", False)
    if not isinstance(masked, bool) or (masked and kind in FREE_TYPES - {"person"}):
        faults.add(row, "masked", "is true or false, and only for phone, order, person")
    length = row.get("max_length", _DEFAULT_LENGTH.get(kind, 60))
    if not isinstance(length, int) or not 1 <= length <= 2000:
        faults.add(row, "max_length", "must be a whole number from 1 to 2000")
        length = 60
    return Variable(name, kind, str(sample), masked is True, length)


def _channels(table: Mapping[str, object], faults: ProblemList) -> dict[str, ChannelLimit]:
    rows = table.get("channels") or {}
    if not isinstance(rows, Mapping):
        faults.add(table, "channels", "must map channels to {max_bytes: …} or false")
        return {}
    found: dict[str, ChannelLimit] = {}
    for channel, row in rows.items():
        if row is False:
            found[channel] = ChannelLimit(allowed=False)
            continue
        if not isinstance(row, Mapping):
            faults.add(rows, channel, "must be {max_bytes: …, max_chars: …} or false")
            continue
        faults.add_unknown_keys(row, _LIMIT_KEYS)
        sizes = {key: row.get(key) for key in _LIMIT_KEYS}
        for key, size in sizes.items():
            if size is not None and (not isinstance(size, int) or size < 1):
                faults.add(row, key, "must be a whole number from 1 on")
        found[channel] = ChannelLimit(
            max_bytes=size if isinstance(size := sizes["max_bytes"], int) else None,
            max_chars=size if isinstance(size := sizes["max_chars"], int) else None,
        )
    return found


def _valid(table: Mapping[str, object], faults: ProblemList) -> tuple[date | None, date | None]:
    row = table.get("valid") or {}
    if not isinstance(row, Mapping):
        faults.add(table, "valid", "must be {from: date, until: date}")
        return None, None
    faults.add_unknown_keys(row, frozenset({"from", "until"}))
    found: list[date | None] = []
    for key in ("from", "until"):
        if isinstance(value := row.get(key), str):  # a revision of the database comes as JSON
            with contextlib.suppress(ValueError):
                value = date.fromisoformat(value)
        if value is not None and not isinstance(value, date):
            faults.add(row, key, f"{value!r} is no date such as 2026-01-31")
            value = None
        found.append(value)
    first, last = found
    if first and last and last < first:
        faults.add(row, "until", f"{last} lies before from: {first}")
    return first, last


def _variants(
    table: Mapping[str, object], variables: Mapping[str, Variable], faults: ProblemList
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    rows = table.get("variants")
    if not isinstance(rows, list) or not rows:
        faults.add(table, "variants", "must list at least one sentence")
        return (), ()
    lines = rows.lines if isinstance(rows, YamlSequence) else [0] * len(rows)
    texts: list[str] = []
    for line, row in zip(lines, rows, strict=True):
        if not isinstance(row, str) or not row.strip():
            faults.add_at(line, "variants", "each variant must be text")
            continue
        texts.append(text := row.strip())
        if set(PLACEHOLDER.sub("", text)) & {"{", "}"}:
            faults.add_at(line, "variants", "a brace belongs to no {variable}")
        for name in PLACEHOLDER.findall(text):
            if name not in variables:
                declared = ", ".join(variables) or "none"
                faults.add_at(line, "variants", f"{{{name}}} is not declared; available: {declared}")
    return tuple(texts), tuple(lines)
