"""Words for customers in the sources: whatever a customer may read stands in the phrasebook, also what is put together.

A text with Chinese characters may stand in Python to be read (patterns, comparisons, keys) or for staff (`why=`,
errors). Anywhere else it could reach a phrase's variable, and no approval, version or filter list would have seen it.
Marks such as 、 may join what is kept for staff, not what is said: that is a value of type `list`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bot.checks.phrase_usage import SAYING

ROOMS = ("actions", "bot/desk", "bot/chat", "bot/channels", "bot/gateway")
_HAN = re.compile(r"[\u3400-\u9fff]")
_MARK = re.compile(r"[、；，。：！？“”（）]")
_READING = frozenset(
    {
        "startswith", "endswith", "removeprefix", "removesuffix", "find", "index", "count", "strip", "lstrip", "rstrip",
        "replace", "split", "maketrans", "enumerate", "frozenset",
    }
)  # fmt: skip
"""Calls that look for their arguments in what a customer or a file says."""
_FOR_STAFF = frozenset({"why", "description", "title"})
"""Arguments that only staff read: lines of a history, pages about the interfaces."""


def wording(root: Path, rooms: tuple[str, ...] = ROOMS) -> Iterator[str]:
    """Yield each place where words that a customer may read stand in a source.

    Args:
        root: the project's root.
        rooms: folders that speak to customers or hold what is said to them.
    """
    for path in sorted(path for room in rooms for path in (root / room).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for text, cause in _sayable(tree):
            yield f"{path.relative_to(root)}:{text.lineno}: {text.value!r} {cause}"


def _sayable(tree: ast.Module) -> Iterator[tuple[ast.Constant, str]]:
    """Yield the texts of a source that could be said, each with the cause."""
    harmless = _harmless(tree)
    for text in _texts(tree):
        if id(text) not in harmless and _HAN.search(str(text.value)):
            harmless.add(id(text))
            yield text, "could be said to a customer: make it an approved phrase (`embed`)"
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node) in SAYING):
        for text in (text for keyword in call.keywords for text in _texts(keyword.value)):
            if id(text) not in harmless and _MARK.search(str(text.value)):
                yield text, "joins what is said: give a list to a variable of type list"


def _texts(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


def _harmless(tree: ast.Module) -> set[int]:
    """Return the nodes (by `id`) that are read, or meant for staff, and so reach no customer."""
    read: list[ast.AST] = [part for node in ast.walk(tree) for part in _read_by(node)]
    names = {name.id for part in read for name in ast.walk(part) if isinstance(name, ast.Name)}
    # Patterns are put together from constants of the module: their roles, figures and the like.
    read += [statement for statement in tree.body if names & set(_assigned(statement))]
    staff = [part for node in ast.walk(tree) for part in _for_staff(node)]
    return {id(node) for part in [*read, *staff] for node in ast.walk(part)}


def _read_by(node: ast.AST) -> list[ast.expr]:
    """Return what a node looks for, compares with or finds a value by."""
    if isinstance(node, ast.Call) and (_of_re(node) or _name(node) in _READING):
        return node.args
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.Dict):
        return [key for key in node.keys if key is not None]
    return [node.iter] if isinstance(node, ast.comprehension | ast.For) else []


def _for_staff(node: ast.AST) -> list[ast.AST]:
    """Return what only staff and colleagues read: docstrings, errors, lines of a history."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return [node]
    if isinstance(node, ast.Raise):
        return [node]
    if isinstance(node, ast.keyword):
        return [node.value] if node.arg in _FOR_STAFF else []
    if isinstance(node, ast.arguments):
        given = zip(node.kwonlyargs, node.kw_defaults, strict=True)
        return [default for argument, default in given if default is not None and argument.arg in _FOR_STAFF]
    return []


def _assigned(statement: ast.stmt) -> Iterator[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    yield from (target.id for target in targets if isinstance(target, ast.Name))


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _of_re(call: ast.Call) -> bool:
    module = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(module, ast.Name) and module.id == "re"
