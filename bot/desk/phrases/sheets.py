"""Read phrases from a table that staff keep (CSV or XLSX): a row a sentence, every faulty row named by its line."""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from phrasebook.errors import Problem
from phrasebook.yaml_source import YamlMapping, YamlSequence

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("编号", "话术编号"),
    "variant": ("话术", "内容", "text"),
    "purpose": ("用途",),
    "tone": ("语气",),
    "variables": ("变量",),
    "care": ("关怀人群",),
    "instead_of": ("替代",),
    "valid_from": ("生效日期",),
    "valid_until": ("失效日期",),
}
"""The columns and the other titles they go by; `id` and `variant` must be there."""
MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
# What openpyxl raises for files of another make: it names no error of its own for them.
_NO_WORKBOOK = (zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, IndexError)
_VARIABLE = re.compile(r"(?P<name>\w+)\s*[:：]\s*(?P<type>\w+)\s*[=\uff1d]\s*(?P<sample>.+)", re.DOTALL)


@dataclass
class SheetPhrase:
    """What the table wants one phrase to be: keys of the YAML's shape, with their lines."""

    id: str
    line: int
    changes: YamlMapping


@dataclass(frozen=True)
class Sheet:
    """The phrases of a table and the faults of its rows."""

    phrases: tuple[SheetPhrase, ...]
    problems: tuple[Problem, ...]


class SheetError(ValueError):
    """Raised when a file cannot be read as a table at all."""


def read_sheet(path: Path) -> Sheet:
    """Read a table; rows of the same id make one phrase, in the order they stand.

    Raises:
        SheetError: the file is no such table; says what it should be.
    """
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise SheetError(f"{path}: must be a .csv or .xlsx file")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SheetError(f"{path}: larger than {MAX_BYTES // 1024 // 1024} MB: split it")
        found = _csv_rows(path) if path.suffix.lower() == ".csv" else _xlsx_rows(path)
        rows = list(itertools.islice(found, MAX_ROWS + 2))
    except OSError as error:
        raise SheetError(f"{path}: cannot be read: {error.strerror}") from error
    if not rows:
        raise SheetError(f"{path}: is empty; the first row names the columns: {', '.join(COLUMNS)}")
    columns = _columns(path, rows[0][1])
    return _collect(str(path), columns, rows[1:])


def _csv_rows(path: Path) -> Iterator[tuple[int, list[object]]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            # Excel in China saves CSV in the system's own encoding.
            text = raw.decode("gb18030")
        except UnicodeDecodeError as error:
            raise SheetError(f"{path}: neither UTF-8 nor GB18030: {error.reason}") from error
    if "\0" in text:
        raise SheetError(f"{path}: no CSV: it holds zero bytes")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, list(cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise SheetError(f"{path}:{line}: no CSV: {error}") from error


def _xlsx_rows(path: Path) -> Iterator[tuple[int, list[object]]]:
    import openpyxl  # takes half a second, which nobody else need wait for
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True)
        try:
            sheet = book.worksheets[0]
            # The size written in the file is the writer's word; without it the rows are counted.
            sheet.reset_dimensions()
            for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield line, list(cells)
        finally:
            book.close()
    except (InvalidFileException, *_NO_WORKBOOK) as error:
        raise SheetError(f"{path}: no Excel workbook (.xlsx): {error}") from error


def _columns(path: Path, titles: list[object]) -> dict[str, int]:
    names = {title: name for name, others in COLUMNS.items() for title in (name, *others)}
    found: dict[str, int] = {}
    for place, title in enumerate(titles):
        text = str(title or "").strip().lower()
        if text and text not in names:
            raise SheetError(f"{path}:1: unknown column {title!r}; available: {_titles()}")
        if text and names[text] in found:
            raise SheetError(f"{path}:1: column {names[text]} stands twice")
        if text:
            found[names[text]] = place
    missing = [name for name in ("id", "variant") if name not in found]
    if missing:
        raise SheetError(f"{path}:1: column {' and '.join(missing)} is missing; available: {_titles()}")
    return found


def _titles() -> str:
    return ", ".join(f"{name} ({'/'.join(others)})" for name, others in COLUMNS.items())


def _collect(file: str, columns: Mapping[str, int], rows: Iterable[tuple[int, list[object]]]) -> Sheet:
    problems: list[Problem] = []
    phrases: dict[str, SheetPhrase] = {}
    for count, (line, cells) in enumerate(rows, start=1):
        if count > MAX_ROWS:
            problems.append(Problem(file, line, "", f"more than {MAX_ROWS} rows: split the file"))
            break
        values = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        values = {name: value for name, value in values.items() if value is not None and str(value).strip()}
        if not values:
            continue
        fault = _fault(values)
        if fault:
            problems.append(Problem(file, line, *fault))
            continue
        phrase_id = str(values.pop("id")).strip()
        phrase = phrases.setdefault(phrase_id, _empty(phrase_id, line))
        problems += (Problem(file, line, key, cause) for key, cause in _take(phrase, values, line))
    return Sheet(tuple(phrases.values()), tuple(problems))


def _empty(phrase_id: str, line: int) -> SheetPhrase:
    changes = YamlMapping()
    changes.line = line
    changes["variants"] = YamlSequence()
    return SheetPhrase(phrase_id, line, changes)


def _fault(values: Mapping[str, object]) -> tuple[str, str] | None:
    for name in ("id", "variant"):
        if name not in values:
            return name, "is empty"
    for name, value in values.items():
        if name in ("valid_from", "valid_until"):
            continue
        if not isinstance(value, str):
            return name, f"is {value!r}, must be text"
        if value.lstrip().startswith(("=", "+", "@")):
            return name, "begins like a formula; a sentence does not"
    return None


def _take(phrase: SheetPhrase, values: Mapping[str, Any], line: int) -> Iterator[tuple[str, str]]:
    """Add a row to a phrase; yield what is wrong with it."""
    variants = phrase.changes["variants"]
    variants.append(str(values["variant"]).strip())
    variants.lines.append(line)
    for name in ("purpose", "tone", "care", "instead_of"):
        if name in values:
            yield from _set(phrase, name, str(values[name]).strip(), line)
    if "variables" in values:
        table, faults = _variables(str(values["variables"]))
        yield from (("variables", fault) for fault in faults)
        if not faults:
            yield from _set(phrase, "variables", table, line)
    for name in ("valid_from", "valid_until"):
        if name in values:
            day = _day(values[name])
            if day is None:
                yield name, f"{values[name]!r} is no date such as 2026-12-01"
            else:
                yield from _set_day(phrase, name.removeprefix("valid_"), day, line)


def _set(phrase: SheetPhrase, name: str, value: object, line: int) -> Iterator[tuple[str, str]]:
    if name in phrase.changes and phrase.changes[name] != value:
        yield name, f"differs from line {phrase.changes.lines[name]} of the same phrase"
        return
    phrase.changes[name] = value
    phrase.changes.lines.setdefault(name, line)


def _set_day(phrase: SheetPhrase, end: str, day: date, line: int) -> Iterator[tuple[str, str]]:
    valid = phrase.changes.setdefault("valid", YamlMapping())
    phrase.changes.lines.setdefault("valid", line)
    if valid.get(end, day) != day:
        yield f"valid_{end}", f"differs from line {valid.lines[end]} of the same phrase"
        return
    valid[end] = day
    valid.lines.setdefault(end, line)


def _variables(text: str) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Read `product:text=空气炸锅；count:integer=3`."""
    found: dict[str, dict[str, str]] = {}
    faults = []
    for part in re.split(r"[;；\n]", text):
        match = _VARIABLE.fullmatch(part.strip())
        if match:
            found[match["name"]] = {"type": match["type"], "sample": match["sample"].strip()}
        elif part.strip():
            faults.append(f"{part.strip()!r} is not name:type=sample, several joined by ；")
    return found, faults


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip().replace("/", "-"))
    except ValueError:
        return None
