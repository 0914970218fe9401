"""No sentence of the dialogues stands in the training data: they measure what was not learnt by heart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.settings import ROOT
from tests.dialogue.script import DATA, load

FILES = ("journeys_blind.yml", "journeys_own.yml", "multiturn_blind.yml", "multiturn_own.yml")
SHORTEST = 5
"""Characters from which a sentence counts: 好的 and 没有 are everybody's."""


def _bare(text: str) -> str:
    """Return a sentence without markings of entities, punctuation and blanks."""
    plain = re.sub(r"\[([^\]]+)\][({][^)}]*[)}]", r"\1", text)
    return re.sub(r"[\W_]+", "", plain).lower()


@pytest.fixture(scope="module")
def learnt() -> set[str]:
    """Return every training sentence, bare."""
    found: set[str] = set()
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for entry in YAML(typ="safe").load(path)["nlu"]:
            found |= {_bare(line.lstrip(" -")) for line in str(entry.get("examples", "")).splitlines()}
    return found


def _spoken(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _spoken(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _spoken(inner)
    else:
        yield str(value)


@pytest.mark.parametrize("name", FILES)
def test_no_sentence_of_a_dialogue_was_trained(name: str, learnt: set[str]) -> None:
    """What customers say first and what they answer is new to the engine, however it is punctuated."""
    known = {
        line
        for dialogue in load(name)
        for line in (*dialogue.says, *_spoken(dialogue.answers))
        if "{" not in line and len(_bare(line)) >= SHORTEST and _bare(line) in learnt
    }
    assert not known, sorted(known)


@pytest.mark.parametrize("name", ["danger.txt", "danger_lookalikes.txt"])
def test_no_line_on_danger_was_trained(name: str, learnt: set[str]) -> None:
    """The sentences that measure the alarm are new to the engine."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    assert not sorted({line for line in lines if len(_bare(line)) >= SHORTEST and _bare(line) in learnt})


def test_there_are_enough_dialogues() -> None:
    """Half of the dialogues were written without a look at the training data, and there are enough of both."""
    assert len(load("journeys_blind.yml")) + len(load("multiturn_blind.yml")) >= 46
    assert len(load("journeys_own.yml")) >= 20
    assert len(load("multiturn_own.yml")) >= 26
