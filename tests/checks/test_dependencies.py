"""Each dependency is used: imported in its environment's rooms, or named here with what needs it."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

from bot.settings import ROOT

ENGINE = ROOT / "bot" / "engine"
NOT_IMPORTED = {
    "aiosqlite": "SQLAlchemy's driver of SQLite",
    "asyncpg": "SQLAlchemy's driver of PostgreSQL",
    "psycopg2-binary": "Rasa's driver of PostgreSQL",
    "setuptools": "Rasa imports pkg_resources, which later ones have no more",
    # Tools and types of development.
    "import-linter": "make check",
    "mypy": "make check",
    "ruff": "make check",
    "pytest-asyncio": "runs asynchronous tests",
    "pytest-randomly": "runs tests in random order",
    "pytest-timeout": "ends tests that hang",
    "types-psutil": "types for mypy",
}
ENVIRONMENTS = {
    "service": (ROOT, (".",), (ROOT / ".venv",)),
    "engine": (ENGINE, ("bot/engine", "phrasebook", "tests/engine", "tests/phrasebook"), (ENGINE / ".venv",)),
}
TESTS = ("tests", "bench", "docs")
"""What only these import is a dependency of development."""


def _name(requirement: str) -> str:
    """Return a requirement's name as it is compared: `uvicorn[standard]>=0.35` is `uvicorn`."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ;]", requirement)[0].lower())


def _declared(folder: Path, *, development: bool) -> set[str]:
    table = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    project = table["dependency-groups"]["dev"] if development else table["project"]["dependencies"]
    return {_name(one) for one in project}


def _modules(venv: Path) -> dict[str, set[str]]:
    """Return the modules that each installed distribution brings."""
    (site,) = venv.glob("lib/python*/site-packages")
    return {_name(one.metadata["Name"]): set(_brought(one)) for one in distributions(path=[str(site)])}


def _brought(distribution: Distribution) -> Iterable[str]:
    for file in distribution.files or ():
        if file.suffix == ".py" and not file.parts[0].endswith((".dist-info", "..")):
            yield file.parts[0].removesuffix(".py")
        elif file.suffix == ".so":
            yield file.parts[0].split(".")[0]


def _imported(folders: Iterable[str], *, tests: bool) -> set[str]:
    """Return the first names of all modules that the sources import, lazily too."""
    found: set[str] = set()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT)
            foreign = folder == "." and place.is_relative_to("bot/engine")
            if foreign or any(part.startswith(".") for part in place.parts) or (place.parts[0] in TESTS) > tests:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("development", [False, True], ids=["needed to run", "needed to develop"])
def test_each_dependency_is_used(environment: str, development: bool) -> None:
    """A dependency that nobody imports, and nothing else needs, leaves the project and its lock."""
    folder, rooms, (venv,) = ENVIRONMENTS[environment]
    modules, imported = _modules(venv), _imported(rooms, tests=development)
    declared = _declared(folder, development=development)
    assert {name for name in declared - set(NOT_IMPORTED) if not modules[name] & imported} == set()


def test_what_the_service_imports_is_declared() -> None:
    """What the service imports is named by us, and does not only come with something else.

    The engine's environment is Rasa's: what comes with Rasa is pinned by it.
    """
    folder, rooms, (venv,) = ENVIRONMENTS["service"]
    modules, imported = _modules(venv), _imported(rooms, tests=False)
    declared = {module for name in _declared(folder, development=False) for module in modules[name]}
    installed = {module for brought in modules.values() for module in brought}
    assert imported & installed - declared == set()
