"""Run all tests: the service's and, in its own environment, the engine's. `make test` calls it.

Both always run; the exit code is that of the first that failed. The last lines are pytest's own closing lines.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass

from bot.settings import ROOT

ENGINE_PYTHON = ROOT / "bot" / "engine" / ".venv" / "bin" / "python"
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
"""What Rasa's own libraries would say on every start is no matter of a test."""


@dataclass(frozen=True)
class Run:
    """One run of pytest: whose tests, and how it is called."""

    name: str
    command: tuple[str, ...]


RUNS = (
    Run(
        "engine",
        (
            str(ENGINE_PYTHON),
            "-m",
            "pytest",
            "-rs",
            "-c",
            "tests/engine/pytest.ini",
            "tests/engine",
            "tests/phrasebook",
        ),
    ),
    Run("service", (sys.executable, "-m", "pytest", "-rs")),
)


def main() -> int:
    """Run both and return the exit code."""
    closing: list[str] = []
    code = 0
    for run in RUNS:
        print(f"── tests of the {run.name} ──", flush=True)
        result, last = _passed_through(run.command)
        code = code or result
        closing.append(f"{run.name}: {last}")
    print()
    for line in closing:
        print(line)
    return code


def _passed_through(command: tuple[str, ...]) -> tuple[int, str]:
    """Run a command, show what it writes as it writes it, and return its exit code and its last line."""
    tail = b""
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | QUIET, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while chunk := os.read(process.stdout.fileno(), 65536):
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            tail = (tail + chunk)[-4000:]
    lines = tail.decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "wrote nothing")
    return process.returncode, last


if __name__ == "__main__":
    sys.exit(main())
