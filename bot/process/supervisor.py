"""Start engine, action server and gateway, keep them alive, stop all together."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from bot.process.keeper import Keeper, Program, Tell
from bot.process.ports import listen
from bot.settings import Settings
from bot.training.active_model import ModelFileError, read_active_model
from bot.training.train import engine_env, engine_python

READY_SECONDS = 300
"""After this we give up. A busy machine may need several times what a quiet one does."""
TELL_SECONDS = 30
"""How often it is said what is still being waited for."""


class NotReady(RuntimeError):  # noqa: N818 - named after what happened; the message says what to do
    """Raised when a process does not come up in time."""


def programs(settings: Settings, model: Path) -> list[Program]:
    """Return the three processes.

    Args:
        settings: the service's, with inner ports and token chosen (`running_system.claim`).
        model: what the engine begins with; later starts take the model in use.
    """
    token = settings.engine_token.get_secret_value() if settings.engine_token else ""

    def rasa() -> tuple[str, ...]:
        found = None
        with contextlib.suppress(ModelFileError):  # an engine with the model of the start is better than none
            found = read_active_model(settings)
        return (
            str(engine_python()), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(settings.engine_port),
            "--model", found.model if found else str(model),
            "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
        )  # fmt: skip

    service = {
        **os.environ,
        "LIYAN_ENGINE_PORT": str(settings.engine_port),
        "LIYAN_ACTIONS_PORT": str(settings.actions_port),
        "LIYAN_ENGINE_TOKEN": token,
    }
    return [
        Program("actions", lambda: (sys.executable, "-m", "actions"), service, f"{settings.actions_url}/health"),
        Program("engine", rasa, engine_env(settings), f"{settings.engine_url}/webhooks/gateway/"),
        Program("gateway", lambda: (sys.executable, "-m", "bot.gateway"), service, f"{settings.url}/healthz"),
    ]


def ensure_free(settings: Settings) -> None:
    """Raise when a port that is set is taken, or is to be used twice.

    Raises:
        PortTaken: names the port, and the setting that moves it.
    """
    wanted = ((settings.host, settings.port, "LIYAN_PORT"), ("127.0.0.1", settings.engine_port, "LIYAN_ENGINE_PORT"),
              ("127.0.0.1", settings.actions_port, "LIYAN_ACTIONS_PORT"))  # fmt: skip
    with contextlib.ExitStack() as probes:
        for host, port, setting in wanted:
            if port is not None:
                probes.enter_context(listen(host, port, setting))


async def run(settings: Settings, model: Path, *, tell: Tell, ready: Callable[[], None]) -> None:
    """Run all programs until SIGINT, SIGTERM, or the terminal is closed.

    Args:
        settings: the service's, with inner ports and token chosen (`running_system.claim`).
        model: what the engine begins with.
        tell: is given a line for each event.
        ready: called once everything answers.

    Raises:
        PortTaken: something else listens on a port of ours.
        NotReady: a process does not come up in time.
    """
    ensure_free(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    logs = settings.var / "log"
    keepers = [Keeper(one, log=logs / f"{one.name}.log", tell=tell) for one in programs(settings, model)]
    keeping = [asyncio.create_task(keeper.keep(stop)) for keeper in keepers]
    waiting = asyncio.create_task(_announce(settings, stop, tell=tell, ready=ready))
    try:
        await stop.wait()
    finally:
        tell("stopping …")
        waiting.cancel()
        await asyncio.gather(*keeping)
        with contextlib.suppress(asyncio.CancelledError):
            await waiting


async def _announce(settings: Settings, stop: asyncio.Event, *, tell: Tell, ready: Callable[[], None]) -> None:
    started = time.monotonic()
    told = 0
    async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
        while not stop.is_set():
            missing = await _missing(client, settings)
            if not missing:
                ready()
                return
            waited = int(time.monotonic() - started)
            where = f"{' and '.join(missing)} (logs: {settings.var / 'log'})"
            if waited >= READY_SECONDS:
                stop.set()
                raise NotReady(f"gave up after {READY_SECONDS} s without {where}")
            if waited // TELL_SECONDS > told:
                told = waited // TELL_SECONDS
                tell(f"{waited} s: still waiting for {where}")
            await asyncio.sleep(0.3)


async def _missing(client: httpx.AsyncClient, settings: Settings) -> list[str]:
    """Return what cannot serve yet."""
    try:
        missing: list[str] = (await client.get(f"{settings.url}/readyz")).json()["missing"]
    except (httpx.HTTPError, ValueError, KeyError):
        return ["gateway"]
    return missing
