"""Measure the reading of answers on the writer that nothing was learnt from; writes tables for docs/nlu.md.

Run from the root in the engine's environment:

    bot/engine/.venv/bin/python -m bench.reading [--left-out 0] [--write]

The reading is trained in this process on ``data/nlu/answers`` and judged on ``tests/engine/nlu/data/answers_heldout.tsv``.
``--left-out`` judges it on one of the training writers instead, whom it then does not learn from: for tuning.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from bench.answers import Row, authored, held_out, preparer, row_of
from bench.nlu import rewrite, table
from bench.reader import shop_words
from bot.engine.nlu.message_keys import READING
from bot.engine.nlu.reading.classifier import AnswerClassifier
from bot.engine.nlu.reading.examples import Example
from bot.engine.nlu.reading.labeller import ValueLabeller
from bot.engine.nlu.reading.questions import question_named
from bot.engine.nlu.reading.reader import AnswerReader
from bot.reading import ACTS, Reading

TRAPS = frozenset(
    {"agree_but", "wrong_part", "correct", "ask_back", "disagree", "wait", "ask_other", "other_wish", "add"}
)
"""What must not be taken for a consent."""
NOWHERE = cast(ModelStorage, None)
"""A part that is trained in this process needs no place to be kept in."""


@dataclass(frozen=True)
class Scores:
    """Right ones among those marked and those found."""

    gold: int
    found: int
    right: int

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.right / (self.gold + self.found) if self.gold + self.found else 0.0


@dataclass(frozen=True)
class Reader:
    """The trained parts of the reading."""

    labeller: ValueLabeller
    classifier: AnswerClassifier
    reader: AnswerReader
    seconds: float

    def on(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Reading, float]]:
        """Yield each row with its reading and the milliseconds that it took."""
        with tempfile.TemporaryDirectory() as folder:
            prepare = preparer(shop_words(Path(folder)))
            for row in rows:
                message = prepare(row)
                start = time.perf_counter()
                self.labeller.process([message])
                self.classifier.process([message])
                self.reader.process([message])
                milliseconds = 1000 * (time.perf_counter() - start)
                yield row, Reading.from_json(message.get(READING)), milliseconds


def trained(examples: Sequence[Example]) -> Reader:
    """Return the parts of the reading, trained as the pipeline trains them."""
    start = time.perf_counter()
    labeller = ValueLabeller({}, NOWHERE, Resource("values"))
    labeller.use(labeller.learn(examples))
    classifier = AnswerClassifier({}, NOWHERE, Resource("answers"))
    classifier.use(classifier.learn(examples))
    return Reader(labeller, classifier, AnswerReader({}), time.perf_counter() - start)


def macro_f1(read: Iterable[tuple[Row, Reading]]) -> float:
    """Return the mean of the acts' F1."""
    return float(np.mean([score.f1 for score in act_scores(read).values()]))


def act_scores(read: Iterable[tuple[Row, Reading]]) -> dict[str, Scores]:
    """Return the scores of each act; a consent that is not sure enough counts as what it is then taken for."""
    pairs = [(row.act, reading.act) for row, reading in read]
    return {
        act: Scores(
            sum(gold == act for gold, _ in pairs),
            sum(found == act for _, found in pairs),
            sum(gold == found == act for gold, found in pairs),
        )
        for act in ACTS
    }


def value_scores(read: Iterable[tuple[Row, Reading]], *, asked: bool = False) -> dict[str, Scores]:
    """Return the scores of each label: words, label and denial must all be right.

    Args:
        read: the rows with their readings.
        asked: whether only values count that the question asked for.
    """
    gold: set[tuple[Any, ...]] = set()
    found: set[tuple[Any, ...]] = set()
    for number, (row, reading) in enumerate(read):
        wanted = question_named(row.asked).asks
        for values, places in ((row.values, gold), (reading.values, found)):
            places.update(
                (v.label, number, v.start, v.end, v.taken_back) for v in values if not asked or v.label == wanted
            )
    labels = sorted({one[0] for one in gold | found})
    return {label: _counted(label, gold, found) for label in labels} | {"all": _counted(None, gold, found)}


def _counted(label: str | None, gold: set[tuple[Any, ...]], found: set[tuple[Any, ...]]) -> Scores:
    gold, found = ({one for one in places if label in (None, one[0])} for places in (gold, found))
    return Scores(len(gold), len(found), len(gold & found))


def consents(read: Iterable[tuple[Row, Reading]]) -> dict[str, int]:
    """Count, on questions of yes or no, the traps, those taken for a yes, the yeses and those heard."""
    asked = [(r, x) for r, x in read if question_named(r.asked).form in ("consent", "restatement")]
    traps = [reading for row, reading in asked if row.act in TRAPS]
    yeses = [reading for row, reading in asked if row.act == "agree"]
    return {
        "traps": len(traps),
        "taken for a yes": sum(reading.act == "agree" for reading in traps),
        "yeses": len(yeses),
        "heard": sum(reading.act == "agree" for reading in yeses),
    }


def kinds(read: Iterable[tuple[Row, Reading]]) -> tuple[int, int]:
    """Return how many kinds of answers were said, and how many of them were read rightly."""
    said = [(row.kind, reading.kind) for row, reading in read if row.kind and row.choice is None]
    return len(said), sum(gold == found for gold, found in said)


def choices(read: Iterable[tuple[Row, Reading]]) -> tuple[int, int, int]:
    """Return how many options were chosen, how many were read rightly, and how many wrongly."""
    chosen = [(row.choice, reading.choice) for row, reading in read if row.choice is not None]
    right = sum(found is not None and found.index == gold for gold, found in chosen)
    return len(chosen), right, sum(found is not None and found.index != gold for gold, found in chosen)


def tables(reader: Reader, rows: Sequence[Row]) -> dict[str, str]:
    """Read all rows; return the tables by the name of their mark in docs/nlu.md."""
    timed = list(reader.on(rows))
    read = [(row, reading) for row, reading, _ in timed]
    milliseconds = [ms for _, _, ms in timed]
    values, asked = value_scores(read), value_scores(read, asked=True)["all"]
    said, kinds_right = kinds(read)
    chosen, right, wrong = choices(read)
    summary = [
        ("messages", len(rows)),
        ("acts, macro-F1", macro_f1(read)),
        ("values, F1 of words, label and denial", values["all"].f1),
        ("values asked for, F1", asked.f1),
        ("kinds right", f"{kinds_right} of {said}"),
        ("choices right, wrong", f"{right}, {wrong} of {chosen}"),
        *((f"consent: {name}", number) for name, number in consents(read).items()),
        ("training s", f"{reader.seconds:.0f}"),
        ("reading ms, median, p95", f"{np.median(milliseconds):.2f}, {np.percentile(milliseconds, 95):.2f}"),
    ]
    return {
        "reading": table(("figure", "reading"), summary),
        "acts": _scored("act", act_scores(read)),
        "values": _scored("label", values),
    }


def _scored(head: str, scores: dict[str, Scores]) -> str:
    rows = [(name, one.gold, one.found, one.right, one.f1) for name, one in scores.items()]
    return table((head, "gold", "found", "right", "F1"), rows)


def judged_rows(examples: Sequence[Example], writer: int) -> tuple[list[Example], list[Row]]:
    """Return what is learnt from and what is judged when a training writer is left out.

    Args:
        examples: the authored answers, which stand writer after writer.
        writer: which sixth of each block to leave out.
    """
    return [e for e in examples if e.writer != writer], [row_of(e) for e in examples if e.writer == writer]


def main() -> None:
    """Measure, print, and write the page when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--left-out", type=int, help="judge on this training writer (0–5), without learning from it")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/nlu.md")
    options = parser.parse_args()
    examples: Sequence[Example] = authored()
    rows = held_out()
    if options.left_out is not None:
        examples, rows = judged_rows(examples, options.left_out)
    parts = tables(trained(examples), rows)
    for name, text in parts.items():
        print(f"\n## {name}\n{text}")
    if options.write and options.left_out is None:
        rewrite(parts)


if __name__ == "__main__":
    main()
