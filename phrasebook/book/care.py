"""Tell from a customer's own words whether special care is wanted, and of which kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from phrasebook.errors import InvalidFilesError, Problem
from phrasebook.filter.fold import fold
from phrasebook.yaml_source import line_of, read_yaml

SHIPPED = Path(__file__).parent / "care.yml"


@dataclass(frozen=True)
class CareGroup:
    """A care group, with the patterns of folded text by which customers tell that they are of it."""

    name: str
    title: str
    patterns: tuple[re.Pattern[str], ...]

    def told_in(self, folded: str) -> bool:
        """Tell whether a folded text says that its writer is of this group."""
        return any(pattern.search(folded) for pattern in self.patterns)


@dataclass(frozen=True)
class CareGroups:
    """The care groups in their order; the first that fits counts."""

    groups: tuple[CareGroup, ...]

    def group_told(self, texts: Iterable[str]) -> str | None:
        """Return the care group that any of a customer's sentences tells of, or None."""
        said = [fold(text) for text in texts]
        return next((group.name for group in self.groups if any(map(group.told_in, said))), None)


def load_care(path: Path | str = SHIPPED) -> CareGroups:
    """Load the groups of a file.

    Raises:
        InvalidFilesError: a fault, with file, line, key and cause.
    """
    source = Path(path)
    table = read_yaml(source)
    rows = table.get("groups")
    groups: list[CareGroup] = []
    problems: list[Problem] = []
    for name, row in (rows if isinstance(rows, Mapping) else {}).items():
        try:
            patterns = tuple(re.compile(str(pattern)) for pattern in row["patterns"])
            groups.append(CareGroup(str(name), str(row["title"]), patterns))
        except (KeyError, TypeError, re.error) as error:
            problems.append(Problem(str(source), line_of(rows, name), name, f"needs title and patterns: {error}"))
    if problems or not groups:
        raise InvalidFilesError(problems or [Problem(str(source), 1, "groups", "needs at least one group")])
    return CareGroups(tuple(groups))


@lru_cache(maxsize=1)
def shipped_care_groups() -> CareGroups:
    """Load the shipped groups, once."""
    return load_care()
