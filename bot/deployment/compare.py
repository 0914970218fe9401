"""What two models make of the same messages, row by row."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.deployment.deploy import ModelError
from bot.settings import ROOT, Settings
from bot.training.train import engine_env, engine_python

Verdict = Literal["better", "worse", "otherwise wrong", "right", "wrong"]
SECONDS = 600


@dataclass(frozen=True)
class ComparedMessage:
    """A message: what it means, and what each model took it for, with its confidence."""

    text: str
    intent: str
    old: str
    old_confidence: float
    new: str
    new_confidence: float

    @property
    def verdict(self) -> Verdict:
        """Return what the new model does to this message."""
        if self.new == self.intent:
            return "right" if self.old == self.intent else "better"
        if self.old == self.intent:
            return "worse"
        return "wrong" if self.old == self.new else "otherwise wrong"


@dataclass(frozen=True)
class Comparison:
    """All rows, and how many got better and worse."""

    rows: tuple[ComparedMessage, ...]

    def count(self, verdict: Verdict) -> int:
        """Return how many rows have a verdict."""
        return Counter(row.verdict for row in self.rows)[verdict]

    def changed(self) -> list[ComparedMessage]:
        """Return what is understood otherwise, the worst first."""
        order: tuple[Verdict, ...] = ("worse", "better", "otherwise wrong")
        return sorted(
            (row for row in self.rows if row.verdict in order), key=lambda row: (order.index(row.verdict), row.intent)
        )

    def record(self) -> dict[str, Any]:
        """Return what `liyan nlu compare --json` prints."""
        verdicts: tuple[Verdict, ...] = ("better", "worse", "otherwise wrong", "right", "wrong")
        return {
            "rows": len(self.rows),
            "verdicts": {verdict: self.count(verdict) for verdict in verdicts},
            "changed": [vars(row) | {"verdict": row.verdict} for row in self.changed()],
        }


def compare(settings: Settings, old: Path, new: Path, data: Sequence[tuple[str, str]]) -> Comparison:
    """Let two models read the same messages.

    Args:
        data: text and intent of each.

    Raises:
        ModelError: one of the models cannot be used; says why.
    """
    before, after = _read(settings, (old, new), [text for text, _ in data])
    return Comparison(
        tuple(
            ComparedMessage(
                text, intent, str(one["intent"]), one["confidence"], str(other["intent"]), other["confidence"]
            )
            for (text, intent), one, other in zip(data, before, after, strict=True)
        )
    )


def _read(settings: Settings, models: Iterable[Path], texts: Sequence[str]) -> list[list[dict[str, Any]]]:
    done = subprocess.run(
        [str(engine_python()), "-m", "bot.engine.compare", *map(str, models)],
        cwd=ROOT,
        env=engine_env(settings),
        input=json.dumps(texts, ensure_ascii=False),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        last = [line for line in done.stderr.splitlines() if line.strip()][-1:]
        raise ModelError("".join(last) or f"the comparison ended with {done.returncode}")
    found: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return found


def read_tsv(path: Path, intents: frozenset[str]) -> list[tuple[str, str]]:
    """Read `text<TAB>intent` lines; a heading is left out, further columns are ignored.

    Raises:
        ValueError: the file cannot be read, or a line has no intent of ours; names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    rows = []
    for number, line in enumerate(lines, 1):
        text, _, rest = line.partition("\t")
        intent = rest.partition("\t")[0].strip()
        if not line.strip() or line.startswith("#") or (number == 1 and intent not in intents):
            continue
        if intent not in intents:
            raise ValueError(f"{path}:{number}: no intent {intent!r}: want `text<TAB>intent`")
        rows.append((text.strip(), intent))
    if not rows:
        raise ValueError(f"{path}: no lines `text<TAB>intent`")
    return rows
