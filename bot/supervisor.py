"""Start engine, action server and gateway, restart what dies, stop all together."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot import engine_token
from bot.model_use import DamagedError, in_use
from bot.settings import ROOT, Settings
from bot.training import engine_env, engine_python

READY_SECONDS = 120
STOP_SECONDS = 10
QUICK_DEATH_SECONDS = 20
LONGEST_PAUSE = 30.0

type Tell = Callable[[str], None]


class PortTaken(RuntimeError):  # noqa: N818 - named after what happened; the message says what to do
    """Raised when something else listens on a port of ours."""


class NotReady(RuntimeError):  # noqa: N818 - named after what happened; the message says what to do
    """Raised when a process does not come up in time."""


@dataclass(frozen=True, slots=True)
class Program:
    """One process: what is run, where it listens, which address tells that it is ready."""

    name: str
    command: Callable[[], tuple[str, ...]]
    """Asked at each start: the engine comes back with the model taken into use last."""
    port: int
    setting: str
    health: str
    env: dict[str, str]


def programs(settings: Settings, model: Path, *, token: str) -> list[Program]:
    """Return the three processes.

    Args:
        settings: the service's settings.
        model: what the engine begins with; later starts take the model in use.
        token: what the gateway must show to the engine.
    """

    def rasa() -> tuple[str, ...]:
        found = None
        with contextlib.suppress(DamagedError):  # an engine with the model of the start is better than none
            found = in_use(settings)
        return (
            str(engine_python()), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(settings.engine_port),
            "--model", found.model if found else str(model),
            "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
        )  # fmt: skip

    service = {**os.environ, "LIYAN_ENGINE_TOKEN": token}
    return [
        Program(
            "actions", lambda: (sys.executable, "-m", "actions"), settings.actions_port, "LIYAN_ACTIONS_PORT",
            f"{settings.actions_url}/health", service,
        ),
        Program(
            "engine", rasa, settings.engine_port, "LIYAN_ENGINE_PORT",
            f"{settings.engine_url}/webhooks/gateway/", engine_env(settings, token=token),
        ),
        Program(
            "gateway", lambda: (sys.executable, "-m", "bot.gateway"), settings.port, "LIYAN_PORT",
            f"{settings.url}/readyz", service,
        ),
    ]  # fmt: skip


def ensure_free(settings: Settings) -> None:
    """Raise when a port is taken.

    Raises:
        PortTaken: names the port, and the setting that moves it.
    """
    wanted = ((settings.host, settings.port, "LIYAN_PORT"), ("127.0.0.1", settings.engine_port, "LIYAN_ENGINE_PORT"),
              ("127.0.0.1", settings.actions_port, "LIYAN_ACTIONS_PORT"))  # fmt: skip
    for host, port, setting in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise PortTaken(
                    f"port {port} on {host} is taken ({error.strerror}): stop what listens there, or set {setting}"
                ) from error


async def run(settings: Settings, model: Path, *, tell: Tell, ready: Callable[[], None]) -> None:
    """Run all programs until SIGINT or SIGTERM.

    Args:
        settings: the service's settings.
        model: what the engine begins with.
        tell: is given a line for each event.
        ready: called once everything answers.
    """
    ensure_free(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    token = engine_token.made(settings)
    running = programs(settings, model, token=token)
    keepers = [asyncio.create_task(_keep(program, settings, stop, tell)) for program in running]
    waiting = asyncio.create_task(_announce(settings, stop, ready))
    try:
        await stop.wait()
    finally:
        tell("stopping …")
        waiting.cancel()
        await asyncio.gather(*keepers)
        engine_token.forget(settings)
        with contextlib.suppress(asyncio.CancelledError):
            await waiting


async def _announce(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    url = f"{settings.url}/readyz"
    async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
        while not stop.is_set():
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(url)).status_code == 200:
                    ready()
                    return
            if time.monotonic() > deadline:
                stop.set()
                raise NotReady(f"not ready after {READY_SECONDS} s: see {settings.var / 'log'}")
            await asyncio.sleep(0.3)


async def _keep(program: Program, settings: Settings, stop: asyncio.Event, tell: Tell) -> None:
    """Keep one program alive; a program that dies at once is started again after longer and longer pauses."""
    log = settings.var / "log" / f"{program.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    pause = 0.5
    while not stop.is_set():
        started = time.monotonic()
        with log.open("ab") as written:
            process = await asyncio.create_subprocess_exec(
                *program.command(), cwd=ROOT, env=program.env, stdout=written, stderr=written, start_new_session=True
            )
        ended = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if stop.is_set():
            await _end(process)
            return
        pause = min(pause * 2, LONGEST_PAUSE) if time.monotonic() - started < QUICK_DEATH_SECONDS else 0.5
        tell(f"{program.name} ended with {process.returncode}; started again in {pause:.0f} s (log: {log})")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a process and its children: politely, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
            return
