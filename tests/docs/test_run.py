"""`make test` runs both suites whatever the first says, and ends with their closing lines."""

from __future__ import annotations

import sys

import pytest

from tests import run
from tests.run import Run


def python(name: str, code: str) -> Run:
    """Return a run of a line of Python in the place of pytest."""
    return Run(name, (sys.executable, "-c", code))


@pytest.mark.parametrize(
    ("engine", "service", "expected"),
    [("pass", "pass", 0), ("raise SystemExit(1)", "pass", 1), ("pass", "raise SystemExit(2)", 2)],
    ids=["both pass", "the first fails", "the second fails"],
)
def test_any_failure_is_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, engine: str, service: str, expected: int
) -> None:
    """The exit code is 0 only when both suites passed."""
    monkeypatch.setattr(run, "RUNS", (python("engine", engine), python("service", service)))
    assert run.main() == expected


def test_both_run_and_their_closing_lines_come_last(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """A failing first suite does not keep the second from running; the summary names both."""
    first = python("engine", "print('1 failed, 2 passed in 3s'); raise SystemExit(1)")
    second = python("service", "print('测试'); print('9 passed in 1s')")
    monkeypatch.setattr(run, "RUNS", (first, second))
    run.main()
    out = capfdbinary.readouterr().out.decode()
    assert out.splitlines()[-2:] == ["engine: 1 failed, 2 passed in 3s", "service: 9 passed in 1s"]
    assert "测试" in out


def test_the_commands_are_those_of_both_environments() -> None:
    """The engine's tests and the phrasebook's run in the engine's Python, the rest in ours."""
    engine, service = run.RUNS
    assert engine.command[0].endswith("bot/engine/.venv/bin/python")
    assert {"tests/engine", "tests/phrasebook"} <= set(engine.command)
    assert service.command[0] == sys.executable
