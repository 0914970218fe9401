"""The whole system beside the running one, on records that are thrown away: for trying a model."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from bot.process.parent_death import dies_with_parent
from bot.process.ports import free_ports
from bot.settings import ROOT, Settings
from bot.training import active_model
from phrasebook.china_time import SHANGHAI

START_SECONDS = 150
STOP_SECONDS = 30
_PAUSE = 0.3


class SandboxError(RuntimeError):
    """Raised when the system does not come up with the model; holds the end of its log."""


@dataclass(frozen=True)
class Sandbox:
    """A system of its own for trying a model: its settings, and the token of its REST webhook."""

    settings: Settings
    token: str

    @property
    def url(self) -> str:
        """Return the gateway's address."""
        return f"http://{self.settings.host}:{self.settings.port}"


@contextmanager
def start_sandbox(settings: Settings, model: Path) -> Iterator[Sandbox]:
    """Start the demo shop with a model on free ports and fresh records; stop it and remove them at the end.

    Args:
        settings: of the running system; only the models and the phrases are taken over.
        model: the model's archive.

    Raises:
        TrialError: the system does not come up.
    """
    with tempfile.TemporaryDirectory(prefix="liyan-sandbox-") as folder:
        port, engine, actions = free_ports(3)
        token = secrets.token_urlsafe(16)
        chosen = {
            "LIYAN_VAR": folder,
            "LIYAN_HOST": "127.0.0.1",
            "LIYAN_PORT": str(port),
            "LIYAN_ENGINE_PORT": str(engine),
            "LIYAN_ACTIONS_PORT": str(actions),
            "LIYAN_API_TOKEN": token,
            "LIYAN_PACK": "retail",
            # Empty beats what `.env` says: a sandbox never touches the records of the running system.
            **dict.fromkeys(("LIYAN_DATABASE_URL", "LIYAN_TRACKER_URL", "LIYAN_REDIS_URL", "LIYAN_ENGINE_TOKEN"), ""),
        }
        changed = {key.removeprefix("LIYAN_").lower(): value or None for key, value in chosen.items()}
        own = Settings.model_validate(settings.model_dump() | changed)
        active_model.set_active_model(own, model, now=datetime.now(SHANGHAI))
        with _running(own, {**os.environ, **chosen}):
            yield Sandbox(own, token)


@contextmanager
def _running(settings: Settings, env: dict[str, str]) -> Iterator[None]:
    log = settings.var / "up.log"
    with log.open("wb") as written:
        command = [sys.executable, "-m", "bot.cli", "up"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=written, stderr=written, preexec_fn=dies_with_parent()
        )
    try:
        _await_ready(process, settings, log)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=STOP_SECONDS)


def _await_ready(process: subprocess.Popen[bytes], settings: Settings, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    url = f"{settings.url}/readyz"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SandboxError(f"the sandbox did not start:\n{_end(log)}")
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass  # not up yet
        time.sleep(_PAUSE)
    engine = settings.var / "log" / "engine.log"
    last = _end(engine if engine.exists() else log)
    raise SandboxError(f"the sandbox was not ready after {START_SECONDS} s:\n{last}")


def _end(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]
