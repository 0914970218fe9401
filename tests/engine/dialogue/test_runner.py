"""The planned runner does what Rasa's does, in an order found once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage

from bot.engine.dialogue.runner import PlannedRunner


class Adder(GraphComponent):
    """Add what it is given to a number of its own."""

    def __init__(self, number: int) -> None:
        self._number = number

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any, **__: Any) -> Adder:
        """Take the number from the configuration."""
        return cls(config["number"])

    def add(self, one: int, other: int = 0) -> int:
        """Return the sum."""
        return one + other + self._number


def _node(number: int, **needs: str) -> SchemaNode:
    return SchemaNode(
        needs=needs, uses=Adder, constructor_name="create", fn="add", config={"number": number}, eager=True
    )


SCHEMA = GraphSchema(
    {
        "last": _node(1000, one="left", other="right"),
        "left": _node(1, one="begin"),
        "right": _node(10, one="left"),
        "aside": _node(100, one="begin"),
    }
)


@pytest.fixture
def runners(tmp_path: Path) -> tuple[DaskGraphRunner, PlannedRunner]:
    """Return Rasa's runner and ours over the same graph."""
    arguments = (SCHEMA, LocalModelStorage(tmp_path), ExecutionContext(SCHEMA))
    return DaskGraphRunner.create(*arguments), PlannedRunner.create(*arguments)


@pytest.mark.parametrize("targets", [["last"], ["right"], ["aside", "last"], ["left", "right"]])
def test_both_runners_give_the_same(runners: tuple[DaskGraphRunner, PlannedRunner], targets: list[str]) -> None:
    """Whatever is asked for, in whatever order the schema names the nodes, the outputs are Rasa's; again, too."""
    theirs, ours = runners
    for begin in (0, 5):
        assert ours.run({"begin": begin}, targets) == theirs.run({"begin": begin}, targets)


def test_an_input_stands_for_a_node(runners: tuple[DaskGraphRunner, PlannedRunner]) -> None:
    """What is given is not computed."""
    theirs, ours = runners
    inputs = {"begin": 0, "left": 7}
    assert ours.run(inputs, ["right"]) == theirs.run(inputs, ["right"]) == {"right": 17}


def test_a_missing_input_is_named(runners: tuple[DaskGraphRunner, PlannedRunner]) -> None:
    """A run without what a node needs says which node and what."""
    with pytest.raises(GraphRunError, match="node left needs 'begin'"):
        runners[1].run({}, ["last"])
