"""Measure the understanding: intents, confidence, entities, danger, speed; writes tables and plots for docs/nlu.md.

Run from the root in the engine's environment:

    bot/engine/.venv/bin/python -m bench.nlu [--compare] [--write]

Intents are trained in this process on ``data/nlu`` and scored on ``../shared/eval/intents_dev.tsv`` where it exists
(never trained on), and on left-out blocks of our own data. ``--compare`` adds other classifiers on other features,
``--write`` puts the tables between the marks of docs/nlu.md and draws the plots beside it.
"""

from __future__ import annotations

import argparse
import collections
import platform
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from bench import entity_gold
from bench.reader import intent_reader, reader, shop_words, stages
from bot.engine.nlu.classifier import NgramIntentClassifier
from bot.engine.nlu.features import canonical, features, mask, ngrams
from bot.engine.nlu.folding import fold_text
from bot.engine.nlu.linear import LinearModel, blocks_of, fit

ROOT = Path(__file__).resolve().parents[1]
DEV = ROOT.parent / "shared/eval/intents_dev.tsv"
PAGE = ROOT / "docs/nlu.md"
PLOTS = ROOT / "docs/nlu"
NO_BUSINESS = {
    "greet", "goodbye", "thank", "affirm", "deny", "chitchat", "out_of_scope", "abuse", "praise_feedback",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A labelled message: folded text, label, and the labels a fair judge accepts."""

    text: str
    label: str
    accepted: frozenset[str]


def authored() -> tuple[list[str], list[str]]:
    """Read the authored utterances, folded, and their intents."""
    texts, intents = [], []
    for path in sorted((ROOT / "data/nlu").glob("*.yml")):
        for block in YAML(typ="safe").load(path.read_text(encoding="utf8"))["nlu"]:
            lines = [line.strip()[2:].strip() for line in block["examples"].splitlines() if line.strip()]
            texts += [fold_text(line).text for line in lines]
            intents += [str(block["intent"])] * len(lines)
    return texts, intents


def real(path: Path) -> list[Row]:
    """Read the evaluation set; an absent one is empty."""
    if not path.exists():
        return []
    rows = []
    for line in path.read_text(encoding="utf8").splitlines()[1:]:
        text, label, *others = line.split("\t")
        accepted = {other for cell in others for other in re.split(r"[|, ]+", cell) if other}
        rows.append(Row(fold_text(text).text, label, frozenset(accepted | {label})))
    return rows


def mapping() -> dict[str, str]:
    """Read how finer intents fold into the labels."""
    lines = (ROOT / "bench/intent_map.txt").read_text(encoding="utf8").splitlines()
    return dict(line.split() for line in lines if line.strip() and not line.startswith("#"))


def macro_f1(pairs: list[tuple[str, str]]) -> float:
    """Return the mean F1 over the gold labels of (gold, said) pairs."""
    scores = []
    for label in {gold for gold, _ in pairs}:
        hit = sum(gold == said == label for gold, said in pairs)
        both = sum(said == label for _, said in pairs) + sum(gold == label for gold, _ in pairs)
        scores.append(2 * hit / both)
    return sum(scores) / len(scores)


def judged(rows: list[Row], said: list[str]) -> dict[str, float]:
    """Return the figures of score.py for what was said of ``rows``."""
    strict = [(row.label, one) for row, one in zip(rows, said, strict=True)]
    lenient = [(row.label, row.label if one in row.accepted else one) for row, one in zip(rows, said, strict=True)]
    outside = [said not in NO_BUSINESS for gold, said in lenient if gold in {"out_of_scope", "chitchat"}]
    return {
        "accuracy": sum(gold == one for gold, one in strict) / len(strict),
        "macro-F1": macro_f1(strict),
        "accuracy, alternatives": sum(gold == one for gold, one in lenient) / len(lenient),
        "macro-F1, alternatives": macro_f1(lenient),
        "taken for business": sum(outside) / max(1, len(outside)),
    }


def train() -> tuple[LinearModel, float]:
    """Train the product's classifier; return it and the seconds it took."""
    config = NgramIntentClassifier.get_default_config()
    start = time.perf_counter()
    model = fit(*authored(), longest=config["longest"], least=config["least"], strength=config["strength"])
    return model, time.perf_counter() - start


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """Return a Markdown table."""
    cells = [[f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in [list(head), ["---"] * len(head), *cells]]
    return "\n".join(lines)


def intents(model: LinearModel, rows: list[Row], seconds: float, *, write: bool) -> Iterator[str]:
    """Yield the tables of intents on the evaluation set."""
    fold, understand = mapping(), intent_reader(model)
    understood = [understand(row.text) for row in rows]
    said = [fold.get(intent, intent) for intent, _ in understood]
    figures = judged(rows, said)
    yield table(("rows", *figures, "training s"), [(len(rows), *figures.values(), f"{seconds:.1f}")])
    per: dict[str, list[bool]] = collections.defaultdict(list)
    for row, one in zip(rows, said, strict=True):
        per[row.label].append(one == row.label)
    recall = sorted((float(np.mean(hits)), label, len(hits)) for label, hits in per.items())
    yield table(("intent", "recall", "rows"), [(label, value, count) for value, label, count in recall])
    missed = collections.Counter(
        (row.label, one) for row, one in zip(rows, said, strict=True) if one not in row.accepted
    )
    yield table(("was", "taken for", "times"), [(gold, one, n) for (gold, one), n in missed.most_common(15)])
    confident = np.array([confidence for _, confidence in understood])
    right = np.array([one in row.accepted for row, one in zip(rows, said, strict=True)])
    yield table(("confidence", "messages", "right", "mean confidence"), list(_reliability(confident, right)))
    if write:
        draw(rows, said, confident, right)


def _reliability(confident: np.ndarray, right: np.ndarray) -> Iterator[tuple[str, int, float, float]]:
    for low in np.arange(0, 1, 0.1):
        inside = (confident >= low) & (confident < low + 0.1 if low < 0.85 else confident <= 1)
        if inside.any():
            yield (
                f"{low:.1f}–{low + 0.1:.1f}",
                int(inside.sum()),
                float(right[inside].mean()),
                float(confident[inside].mean()),
            )


def draw(rows: list[Row], said: list[str], confident: np.ndarray, right: np.ndarray) -> None:
    """Draw confusion matrix and reliability diagram."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    PLOTS.mkdir(exist_ok=True)
    labels = sorted({row.label for row in rows})
    matrix = np.zeros((len(labels), len(labels)))
    for row, one in zip(rows, said, strict=True):
        if one in labels:
            matrix[labels.index(row.label), labels.index(one)] += 1
    figure, axes = pyplot.subplots(figsize=(11, 10))
    axes.imshow(matrix / matrix.sum(axis=1, keepdims=True), cmap="Blues")
    axes.set_xticks(range(len(labels)), labels, rotation=90)
    axes.set_yticks(range(len(labels)), labels)
    for y, x in zip(*np.nonzero(matrix), strict=True):
        axes.text(x, y, int(matrix[y, x]), ha="center", va="center", fontsize=7)
    axes.set(xlabel="said", ylabel="label", title="Confusion on intents_dev (rows normalised)")
    figure.tight_layout()
    figure.savefig(PLOTS / "confusion.png", dpi=90)
    figure, axes = pyplot.subplots(figsize=(5, 5))
    points = list(_reliability(confident, right))
    axes.plot([0, 1], [0, 1], "--", color="grey")
    axes.plot([p[3] for p in points], [p[2] for p in points], "o-")
    axes.set(xlabel="confidence", ylabel="right (alternatives accepted)", title="Reliability on intents_dev")
    figure.savefig(PLOTS / "reliability.png", dpi=90)


def compared(rows: list[Row]) -> str:
    """Train other learners on other features; return the table with left-out blocks of our data and intents_dev."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    def support() -> Any:
        return LinearSVC(C=0.7, random_state=0)

    analysers: dict[str, Callable[[str], list[str]] | str] = {
        "ours": lambda text: features(text, 2),
        "ours, 3-grams": lambda text: features(text, 3),
        "ours without topics": lambda text: [one for one in features(text, 2) if not one.startswith("t:")],
        "characters 1–3": lambda text: ngrams(mask(text), 3),
        "characters 1–3, spelling": lambda text: ngrams(canonical(text), 3),
        "words": lambda text: [one for one in features(text, 1) if one.startswith("w:")],
    }
    runs: list[tuple[str, str, Callable[[], Any]]] = [(f"LinearSVC, {name}", name, support) for name in analysers]
    runs.append(("logistic regression, ours", "ours", lambda: LogisticRegression(C=20, solver="liblinear", dual=True)))
    runs.append(("complement naive Bayes, ours", "ours", lambda: ComplementNB(alpha=0.3)))
    texts, labels = authored()
    gold, fold = np.array(labels), mapping()
    blocks = blocks_of(np.unique(gold, return_inverse=True)[1])
    lines = []
    for name, analyser, make in runs:
        vectors = TfidfVectorizer(analyzer=analysers[analyser], min_df=2, sublinear_tf=True)
        matrix = vectors.fit_transform(texts)
        guess = np.empty(len(gold), dtype=object)
        for block in np.unique(blocks):
            inside = blocks == block
            guess[inside] = make().fit(matrix[~inside], gold[~inside]).predict(matrix[inside])
        start = time.perf_counter()
        learner = make().fit(matrix, gold)
        seconds = time.perf_counter() - start
        said = [fold.get(one, one) for one in learner.predict(vectors.transform([row.text for row in rows]))]
        figures = judged(rows, said)
        own = macro_f1(list(zip(gold.tolist(), guess.tolist(), strict=True)))
        lines.append((name, own, figures["macro-F1"], figures["macro-F1, alternatives"], f"{seconds:.1f}"))
    return table(("classifier, features", "own data, blocks", "intents_dev", "with alternatives", "fit s"), lines)


def entities() -> tuple[str, list[str]]:
    """Score the extractor on both gold files; return the table and the sentences that went wrong."""
    own, wrong = entity_gold.score(reader(), entity_gold.load(entity_gold.OWN))
    with tempfile.TemporaryDirectory() as folder:
        read = reader(shop_words(Path(folder)))
        blind, missed = entity_gold.score(read, entity_gold.load(entity_gold.BLIND))
    none = entity_gold.Score(0, 0, 0)
    rows = [(kind, *_counts(own.get(kind, none)), *_counts(blind.get(kind, none))) for kind in sorted({*own, *blind})]
    names = ("gold", "found", "right", "F1")
    head = ("entity", *(f"own: {name}" for name in names), *(f"blind: {name}" for name in names))
    return table(head, rows), wrong + missed


def _counts(one: entity_gold.Score) -> tuple[int, int, int, float | str]:
    return one.gold, one.found, one.right, one.f1 if one.gold + one.found else "–"


def dangers(model: LinearModel) -> str:
    """Count the danger sentences raised and the look-alikes raised by mistake."""
    folder, understand = ROOT / "tests/dialogue/data", intent_reader(model)
    rows = []
    for name in ("danger.txt", "danger_lookalikes.txt"):
        lines = (folder / name).read_text(encoding="utf8").splitlines()
        texts = [fold_text(line.strip()).text for line in lines if line.strip() and not line.startswith("#")]
        rows.append((name, len(texts), sum(understand(text)[0] == "emergency" for text in texts)))
    return table(("file", "sentences", "raised"), rows)


def speed(model: LinearModel, rows: list[Row]) -> str:
    """Time the components on real messages, one at a time."""
    return table(("stage", "median ms", "p95 ms"), stages(model, [row.text for row in rows]))


def main() -> None:
    """Measure, print, and write the page when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compare", action="store_true", help="train other classifiers too (two minutes)")
    parser.add_argument("--write", action="store_true", help="write tables and plots into docs/")
    options = parser.parse_args()
    rows = real(DEV)
    model, seconds = train()
    parts = {
        "data": table(("utterances", "intents", "features"), [(len(authored()[0]), len(model.labels), len(model.idf))])
    }
    if rows:
        names = ("score", "recall", "confusions", "reliability")
        parts.update(zip(names, intents(model, rows, seconds, write=options.write), strict=True))
        parts["speed"] = speed(model, rows)
        if options.compare:
            parts["compare"] = compared(rows)
    parts["entities"], wrong = entities()
    parts["danger"] = dangers(model)
    for name, text in parts.items():
        print(f"\n## {name}\n{text}")
    print("\n## entities read wrongly", *wrong, sep="\n")
    if options.write:
        rewrite(parts)


def rewrite(parts: dict[str, str]) -> None:
    """Put the tables between their marks in the page."""
    page = PAGE.read_text(encoding="utf8")
    for name, text in parts.items():
        marks = f"<!-- bench:{name} -->", "<!-- /bench -->"
        when = f"Measured {date.today()} on {platform.machine()}, Python {platform.python_version()}."
        body = f"{marks[0]}\n{text}\n\n{when}\n"
        page = re.sub(rf"{re.escape(marks[0])}.*?(?={re.escape(marks[1])})", lambda _, b=body: b, page, flags=re.S)
    PAGE.write_text(page, encoding="utf8")


if __name__ == "__main__":
    main()
