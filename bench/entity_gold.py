"""Measure the entity extractor on authored sentences with gold words and values."""

from __future__ import annotations

import collections
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "tests/engine/nlu/data"
OWN, BLIND = DATA / "entities_gold.tsv", DATA / "entities_blind.tsv"
RECEIVED = "2026-11-20T10:00:00+08:00"
NUMBERS = ("order_number", "ticket_number", "phone", "digits")
Read = Callable[[str, str], "list[dict[str, Any]]"]


@dataclass(frozen=True)
class Gold:
    """One entity as it should be: its words and its value; None leaves the value open."""

    entity: str
    words: str
    value: str | None


@dataclass(frozen=True)
class Sentence:
    """A message, the slot that was asked for before it (empty: none), and its entities."""

    text: str
    asked: str
    gold: list[Gold]


@dataclass(frozen=True)
class Score:
    """Counts of one kind of entity."""

    right: int
    found: int
    gold: int

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 1.0


def load(path: Path) -> list[Sentence]:
    """Read the sentences with their entities; a third column names the slot asked for."""
    rows = []
    for line in path.read_text(encoding="utf8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        text, entities, asked = [*line.split("\t"), "", ""][:3]
        rows.append(Sentence(text, asked, [_gold(one) for one in entities.split(" | ") if one.strip()]))
    return rows


def _gold(one: str) -> Gold:
    entity, _, rest = one.strip().partition(":")
    words, equals, value = rest.rpartition("=")
    if not equals:
        words, value = rest, "" if entity == "time" else rest
    return Gold(entity, words, value or None)


def shown(entity: dict[str, Any]) -> str:
    """Return an entity's value in the form of the gold file."""
    value = entity["value"]
    if entity["entity"] != "time":
        return str(value)
    start, end = (value[side][5:16].replace("-", "").replace("T", "-").replace(":", "") for side in ("start", "end"))
    return f"{start}/{end}{'?' if value['ambiguous'] else ''}"


def same(gold: Gold, entity: dict[str, Any], text: str) -> bool:
    """Say whether an entity is the gold one: its kind, its value and a span that shares a character."""
    places = [match.start() for match in re.finditer(re.escape(gold.words), text)]
    overlaps = any(entity["start"] < place + len(gold.words) and place < entity["end"] for place in places)
    value = gold.value is None or shown(entity).rstrip("?了") == gold.value.rstrip("?了")
    return entity["entity"] == gold.entity and overlaps and value


def score(read: Read, rows: list[Sentence]) -> tuple[dict[str, Score], list[str]]:
    """Return the counts by kind of entity and the sentences that went wrong.

    Args:
        read: text and asked slot → entities in Rasa's shape, received on ``RECEIVED``.
    """
    right: collections.Counter[str] = collections.Counter()
    found: collections.Counter[str] = collections.Counter()
    wanted: collections.Counter[str] = collections.Counter()
    wrong: list[str] = []
    for row in rows:
        entities = read(row.text, row.asked)
        found.update(one["entity"] for one in entities)
        wanted.update(one.entity for one in row.gold)
        left = list(entities)
        for one in row.gold:
            match = next((entity for entity in left if same(one, entity, row.text)), None)
            if match is not None:
                left.remove(match)
                right[one.entity] += 1
        if left or len(row.gold) != len(entities):
            wrong.append(f"{row.text}\t{[(one['entity'], one['text'], shown(one)) for one in entities]}")
    kinds = sorted(set(wanted) | set(found))
    return {kind: Score(right[kind], found[kind], wanted[kind]) for kind in kinds}, wrong
