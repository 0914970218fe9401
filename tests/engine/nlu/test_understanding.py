"""The classifier trained on data/nlu: what issue and product promise of it."""

from __future__ import annotations

import pytest

from bench import nlu
from bench.reader import intent_reader
from bot.engine.nlu.linear import LinearModel


@pytest.fixture(scope="module")
def trained() -> tuple[LinearModel, float]:
    """Train the product's classifier once on the authored utterances."""
    return nlu.train()


def test_every_intent_of_the_data_is_known(trained: tuple[LinearModel, float]) -> None:
    """Each intent has at least 60 utterances and is known to the model."""
    _, intents = nlu.authored()
    counts = {intent: intents.count(intent) for intent in set(intents)}
    assert set(trained[0].labels) == set(counts)
    assert {intent: n for intent, n in counts.items() if n < 60} == {}


def test_danger_sentences_and_look_alikes(trained: tuple[LinearModel, float]) -> None:
    """All authored danger sentences are raised, and at most two of the look-alikes."""
    raised = [line.split(" | ") for line in nlu.dangers(trained[0]).splitlines()[2:]]
    (_, dangers, seen), (_, _, mistaken) = [[cell.strip("| ") for cell in row] for row in raised]
    assert seen == dangers
    assert int(mistaken) <= 2


@pytest.mark.skipif(not nlu.DEV.exists(), reason="the evaluation set is not on this machine")
def test_real_messages(trained: tuple[LinearModel, float]) -> None:
    """On real customers' messages macro-F1 reaches 0.80, and 0.88 with the accepted alternatives."""
    rows, fold, understand = nlu.real(nlu.DEV), nlu.mapping(), intent_reader(trained[0])
    said = [understand(row.text)[0] for row in rows]
    figures = nlu.judged(rows, [fold.get(one, one) for one in said])
    assert figures["macro-F1"] >= 0.80
    assert figures["macro-F1, alternatives"] >= 0.88
    assert figures["taken for business"] <= 0.25
