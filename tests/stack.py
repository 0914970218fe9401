"""The whole system, started as a user starts it, for tests that talk to it from outside."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.process import running_system
from bot.process.ports import free_ports
from bot.settings import ROOT, Settings

START_SECONDS = 400
"""Long enough to train a model first when none fits the data."""


@dataclass(frozen=True)
class Stack:
    """A running system."""

    settings: Settings
    token: str
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """Return the gateway's address."""
        return f"http://{self.settings.host}:{self.settings.port}"


@contextmanager
def running(var: Path, **more: str) -> Iterator[Stack]:
    """Start the system with its own records, wait until it is ready, stop it at the end.

    Args:
        var: folder for its records and logs.
        more: further settings, such as `LIYAN_ENGINE_TIMEOUT`.
    """
    token = secrets.token_urlsafe(16)
    chosen = {
        "LIYAN_VAR": str(var),
        "LIYAN_PORT": str(free_ports(1)[0]),
        "LIYAN_API_TOKEN": token,
        **more,
    }
    settings = Settings.model_validate({key.removeprefix("LIYAN_").lower(): value for key, value in chosen.items()})
    log = (var / "up.log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "up"],
        cwd=ROOT,
        env={**os.environ, **chosen},
        stdout=log,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait(Stack(settings, token, process), log.name)
        yield Stack(running_system.find(settings) or settings, token, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        log.close()


def _wait(stack: Stack, log: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if stack.process.poll() is not None:
            raise RuntimeError(f"the system did not start:\n{Path(log).read_text()[-3000:]}")
        try:
            if httpx.get(f"{stack.url}/readyz", timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise RuntimeError(f"the system was not ready after {START_SECONDS} s:\n{Path(log).read_text()[-3000:]}")
