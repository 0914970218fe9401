"""Read YAML into plain tables that remember on which line each key stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from phrasebook.errors import InvalidFilesError, Problem

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}


class YamlMapping(dict[str, Any]):
    """A YAML mapping; `line` is its first line, `lines` the line of each key."""

    def __init__(self) -> None:
        super().__init__()
        self.line = 0
        self.lines: dict[str, int] = {}


class YamlSequence(list[Any]):
    """A YAML sequence; `lines` is the line of each item."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


def read_yaml(path: Path) -> YamlMapping:
    """Read one YAML file whose top is a mapping.

    Numbers with a point, odd integers (0571) and times stay text, so that no digit is lost.

    Raises:
        InvalidFilesError: the file cannot be read, is no YAML, repeats a key or is no mapping.
    """
    try:
        # utf-8-sig: files that passed through a Windows editor begin with a byte order mark.
        text = path.read_text(encoding="utf-8-sig")
        node = cast("Node | None", YAML(typ="safe", pure=True).compose(text))
    except UnicodeDecodeError as error:
        raise InvalidFilesError([Problem(str(path), 0, "", f"not UTF-8: {error.reason}")]) from error
    except OSError as error:
        raise InvalidFilesError([Problem(str(path), 0, "", f"cannot be read: {error.strerror}")]) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise InvalidFilesError([Problem(str(path), line, "", f"no YAML: {error.problem}")]) from error
    except YAMLError as error:
        raise InvalidFilesError([Problem(str(path), 0, "", f"no YAML: {error}")]) from error
    if not isinstance(node, MappingNode):
        raise InvalidFilesError([Problem(str(path), 1, "", "the file must be a mapping of keys")])
    problems: list[Problem] = []

    def tell(line: int, key: str, cause: str) -> None:
        problems.append(Problem(str(path), line, key, cause))

    table = cast("YamlMapping", _value(node, tell))
    if problems:
        raise InvalidFilesError(problems)
    return table


def yaml_files(folder: Path) -> Iterator[Path]:
    """Return the YAML files of a folder in the order of their names."""
    yield from sorted(p for p in folder.glob("*.yml") if p.is_file())


def line_of(table: object, key: str | None = None) -> int:
    """Return the line of a key, or of the mapping itself; 0 for one that comes from no file."""
    if not isinstance(table, YamlMapping):
        return 0
    return table.lines.get(key, table.line) if key is not None else table.line


def _value(node: Node, fault: Callable[[int, str, str], None]) -> object:
    if isinstance(node, MappingNode):
        return _table(node, fault)
    if isinstance(node, SequenceNode):
        row = YamlSequence()
        for child in node.value:
            row.append(_value(child, fault))
            row.lines.append(child.start_mark.line + 1)
        return row
    return _scalar(cast("ScalarNode", node))


def _table(node: MappingNode, fault: Callable[[int, str, str], None]) -> YamlMapping:
    table = YamlMapping()
    table.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = str(key_node.value)
        if not isinstance(key_node, ScalarNode):
            fault(line, "", "a key must be a word")
            continue
        if key in table:
            fault(line, key, f"stands twice, first on line {table.lines[key]}")
            continue
        table[key] = _value(value_node, fault)
        table.lines[key] = line
    return table


def _scalar(node: ScalarNode) -> object:
    raw = str(node.value)
    if node.style is not None:  # quoted or block text is text, whatever it looks like
        return raw
    if raw.lower() in _WORDS:
        return _WORDS[raw.lower()]
    if _INTEGER.fullmatch(raw):
        return int(raw)
    if _DATE.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            return raw
    return raw


class ProblemList:
    """The faults found in one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, table: object, key: str | None, cause: str) -> None:
        """Note a fault at a key of a table."""
        self.problems.append(Problem(self.file, line_of(table, key), key or "", cause))

    def add_at(self, line: int, key: str, cause: str) -> None:
        """Note a fault at a line."""
        self.problems.append(Problem(self.file, line, key, cause))

    def add_unknown_keys(self, table: Mapping[str, object], known: frozenset[str]) -> None:
        """Note every key that nobody reads: it is a typing error."""
        for key in table:
            if key not in known:
                self.add(table, key, f"unknown key; available: {', '.join(sorted(known))}")
