"""Which phrases the journeys say, read from their own sources, for the check of journeys against the phrasebook."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.desk.orders.orders import ORDER_STATES
from bot.desk.tickets.transitions import STATES

ROOM = Path(__file__).parents[2] / "actions"
_ID = re.compile(r"[a-z]+\.[a-z_0-9]+")
_NOT_VARIABLES = frozenset({"choices", "custom", "buttons", "ticket", "yes", "no", "read", "ask"})
SAYING = {
    "say": 0, "say_once": 0, "embed": 0, "end": 0, "continue_with": 1, "ask": 1, "need": 1, "need_consent": 1,
    "confirm": 1, "Choice": 1, "Button": 0,
}  # fmt: skip
"""Calls that say a phrase with variables, and the place of its id among their arguments."""

FAMILIES: dict[str, tuple[str, ...]] = {
    "back.": ("complaint", "order", "return", "repair", "handoff", "emergency"),
    "button.alternative_": (
        "return", "exchange", "repair", "paid_repair", "appraisal", "refuse_delivery", "cancel", "person",
    ),
    "complaint.apology": ("1", "2", "3"),
    "complaint.done_": ("general", "major", "urgent"),
    "emergency.": ("gas", "fire", "shock", "trapped", "hurt", "general"),
    "feedback.": ("suggestion", "praise"),
    "handoff.done_": ("callback", "consultation"),
    "order.ask_": ("address", "time", "invoice"),
    "order.cancel_refused_": ("shipped", "delivered"),
    "order.change_refused_": ("cancelled", "returned", "delivered"),
    "order.changed_": ("address", "time", "invoice"),
    "order.money_": ("cancelled", "returned"),
    "order.status_": ORDER_STATES,
    "progress.state_": STATES,
    "repair.ask_product_": ("repair", "installation"),
    "repair.begin_": ("repair", "installation"),
    "repair.done_": ("repair", "installation"),
    "repair.fee_": ("out", "unknown"),
    "repair.restate_": ("repair", "installation"),
    "returns.done_": ("return", "exchange", "refund"),
    "returns.freight_": ("shop", "customer"),
    "returns.granted_": ("no_reason_window", "quality_window_return", "quality_window_exchange"),
    "returns.order_": ("unpaid", "paid", "packed", "cancelled", "returned"),
    "returns.refused_": (
        "too_late", "used_no_defect", "opened_software", "opened_food", "fresh_food", "made_to_order", "hygiene",
        "periodical", "no_defect", "not_repairable", "not_delivered",
    ),
    "returns.restate_": ("return", "exchange", "refund"),
}  # fmt: skip
"""Phrases whose id ends with a state or a reason: what may stand there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase is said, and with which variables; None where that cannot be read."""

    module: str
    where: str
    variables: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the journeys: its dotted module, and its path from the project's root."""

    path: Path
    module: str
    shown: str

    def where(self, node: ast.expr) -> str:
        """Return file and line of a node, as problems name them."""
        return f"{self.shown}:{node.lineno}"


def sources(root: Path = ROOM) -> list[Source]:
    """Return the modules of a folder and of all folders in it; the folder's name is the package's."""
    found = []
    for path in sorted(root.rglob("*.py")):
        shown = path.relative_to(root.parent)
        parts = shown.parent.parts if path.stem == "__init__" else shown.with_suffix("").parts
        found.append(Source(path, ".".join(parts), shown.as_posix()))
    return found


def phrases_said(root: Path = ROOM) -> dict[str, list[Place]]:
    """Return every phrase the journeys may say.

    Args:
        root: folder of the package `actions`.

    Raises:
        KeyError: a phrase id is put together in a way that `FAMILIES` does not know.
    """
    found: dict[str, list[Place]] = {}
    for source in sources(root):
        tree = ast.parse(source.path.read_text(encoding="utf-8"))
        in_calls: set[int] = set()
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            for node, variables in _of_call(call):
                in_calls.update(id(part) for part in ast.walk(node))
                for phrase in _ids(node):
                    found.setdefault(phrase, []).append(Place(source.module, source.where(call), variables))
        for part in ast.walk(tree):
            if isinstance(part, ast.Constant) and id(part) not in in_calls:
                for phrase in _ids(part):
                    found.setdefault(phrase, []).append(Place(source.module, source.where(part), None))
    return found


def _of_call(call: ast.Call) -> Iterator[tuple[ast.expr, frozenset[str] | None]]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = SAYING.get(name)
    if place is None or len(call.args) <= place:
        return
    given = frozenset(k.arg for k in call.keywords if k.arg and k.arg not in _NOT_VARIABLES)
    spread = any(k.arg is None for k in call.keywords) or name in ("Button",)
    yield call.args[place], None if spread else given


def _ids(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _ids(node.body)
        yield from _ids(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _ID.fullmatch(node.value):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        first = node.values[0]
        prefix = str(first.value) if isinstance(first, ast.Constant) else ""
        yield from (prefix + end for end in FAMILIES[prefix])
