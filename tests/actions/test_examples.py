"""What is said to answers that make no sense."""

from __future__ import annotations

from ruamel.yaml import YAML

from actions.framework.questions.examples import EXAMPLES, not_understood
from bot.settings import ROOT


def test_the_second_miss_is_told_otherwise_than_the_first() -> None:
    """The first time in general, the second with an example where one helps, never in the same words."""
    assert not_understood("order", 1) == not_understood("what", 1) == "unsure.answer"
    assert not_understood("order", 2) == "unsure.example_order"
    assert not_understood("what", 2) == "unsure.answer_again"


def test_examples_are_given_for_facts_that_are_asked_for() -> None:
    """Each fact with an example is a slot, so that none is forgotten when a slot is renamed."""
    slots = YAML(typ="safe").load(ROOT / "domain.yml")["slots"]
    assert set(EXAMPLES) <= set(slots)
