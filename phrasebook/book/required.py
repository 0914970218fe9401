"""What the words of a scene must hold: a complaint apology, restatement, number and time limit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from phrasebook.errors import InvalidFilesError, Problem
from phrasebook.filter.fold import fold
from phrasebook.yaml_source import line_of, read_yaml

SHIPPED = Path(__file__).parent / "required.yml"


@dataclass(frozen=True)
class Element:
    """Something that must be said, with the patterns that recognise it in folded text."""

    name: str
    title: str
    patterns: tuple[re.Pattern[str], ...]

    def found_in(self, folded: str) -> bool:
        """Tell whether a folded text holds this element."""
        return any(pattern.search(folded) for pattern in self.patterns)


@dataclass(frozen=True)
class Requirements:
    """Which scene needs which elements."""

    elements: Mapping[str, Element]
    scenes: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def missing_in_sentence(self, phrase_id: str, text: str) -> tuple[Element, ...]:
        """Return what a sentence of this phrase must hold by itself and does not."""
        said = fold(text)
        names = [name for id_, wanted in self.phrases.items() if fnmatchcase(phrase_id, id_) for name in wanted]
        return tuple(self.elements[name] for name in names if not self.elements[name].found_in(said))

    def missing_in_scene(self, scene: str, texts: Iterable[str]) -> tuple[Element, ...]:
        """Return what the sentences said in a scene, taken together, still lack; nothing for other scenes."""
        needed = self.scenes.get(scene, ())
        if not needed:
            return ()
        said = fold("\n".join(texts))
        return tuple(self.elements[name] for name in needed if not self.elements[name].found_in(said))


def load_requirements(path: Path | str = SHIPPED) -> Requirements:
    """Load the requirements of a file.

    Raises:
        InvalidFilesError: a fault, with file, line, key and cause.
    """
    source = Path(path)
    table = read_yaml(source)
    problems: list[Problem] = []
    elements: dict[str, Element] = {}
    rows = table.get("elements")
    for name, row in (rows if isinstance(rows, Mapping) else {}).items():
        try:
            patterns = tuple(re.compile(str(pattern)) for pattern in row["patterns"])
            elements[name] = Element(name, str(row["title"]), patterns)
        except (KeyError, TypeError, re.error) as error:
            problems.append(Problem(str(source), line_of(rows, name), name, f"needs title and patterns: {error}"))
    needs: dict[str, dict[str, tuple[str, ...]]] = {"scenes": {}, "phrases": {}}
    for key, wanting in needs.items():
        rows = table.get(key)
        for subject, names in (rows if isinstance(rows, Mapping) else {}).items():
            wanting[subject] = tuple(str(name) for name in names) if isinstance(names, Sequence) else ()
            for name in wanting[subject]:
                if name not in elements:
                    cause = f"unknown element {name}; available: {', '.join(elements)}"
                    problems.append(Problem(str(source), line_of(rows, subject), subject, cause))
    if problems or not elements or not needs["scenes"]:
        raise InvalidFilesError(problems or [Problem(str(source), 1, "", "needs elements and scenes")])
    return Requirements(elements, needs["scenes"], needs["phrases"])


@lru_cache(maxsize=1)
def shipped_requirements() -> Requirements:
    """Load the shipped requirements, once."""
    return load_requirements()


def missing_in_scene(scene: str, texts: Iterable[str]) -> tuple[Element, ...]:
    """Return what the sentences of a scene still lack by the shipped requirements."""
    return shipped_requirements().missing_in_scene(scene, texts)
