"""Run a model's graph by a plan made once.

Rasa cuts the graph down to what is asked for, hands it to dask and lets dask order and schedule it, for every message
and every prediction anew; that took a third of a parse. What is asked for is always the same few nodes: so the order
is found once, and the nodes are called one after the other.
"""

from __future__ import annotations

from typing import Any

from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage

Plan = tuple[tuple[str, tuple[str, ...]], ...]


class PlannedRunner(GraphRunner):
    """Run nodes in an order that was found once for each set of targets."""

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> PlannedRunner:
        """Create the runner as Rasa creates its own."""
        return cls(DaskGraphRunner.create(graph_schema, model_storage, execution_context, hooks))

    def __init__(self, runner: DaskGraphRunner) -> None:
        self._schema: GraphSchema = runner._graph_schema
        self._nodes: dict[str, GraphNode] = runner._instantiated_nodes
        self._plans: dict[tuple[str, ...], Plan] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run what the targets need.

        Args:
            inputs: outputs that stand for nodes: the message, the tracker.
            targets: names of the nodes asked for; all the schema's targets when None.

        Raises:
            GraphRunError: a node needs what neither another node nor an input gives.
        """
        wanted = tuple(targets or self._schema.target_names)
        given = inputs or {}
        outputs: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in given.items()}
        for name, needs in self._plan(wanted):
            if name in given:
                continue
            try:
                received = [outputs[need] for need in needs]
            except KeyError as error:
                raise GraphRunError(f"node {name} needs {error}, which nothing gives") from error
            outputs[name] = self._nodes[name](*received)
        return {name: outputs[name][1] for name in wanted}

    def _plan(self, targets: tuple[str, ...]) -> Plan:
        if targets not in self._plans:
            order: dict[str, tuple[str, ...]] = {}
            for target in targets:
                self._visit(target, order)
            self._plans[targets] = tuple(order.items())
        return self._plans[targets]

    def _visit(self, name: str, order: dict[str, tuple[str, ...]]) -> None:
        """Put what a node needs before the node; what is no node is an input."""
        node = self._schema.nodes.get(name)
        if node is None or name in order:
            return
        needs = tuple(node.needs.values())
        for need in needs:
            self._visit(need, order)
        order[name] = needs


def planned(processor: MessageProcessor) -> MessageProcessor:
    """Let a processor run its graph by a plan; one that does already is left as it is."""
    if isinstance(processor.graph_runner, DaskGraphRunner):
        processor.graph_runner = PlannedRunner(processor.graph_runner)
    return processor
