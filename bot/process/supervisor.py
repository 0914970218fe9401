"""Start engine, action server and gateway, restart what dies, stop all together."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.process import engine_token
from bot.process.ports import listen
from bot.settings import ROOT, Settings
from bot.training.active_model import DamagedError, in_use
from bot.training.train import engine_env, engine_python

READY_SECONDS = 300
"""After this we give up. A busy machine may need several times what a quiet one does."""
TELL_SECONDS = 30
"""How often it is said what is still being waited for."""
STOP_SECONDS = 10
QUICK_DEATH_SECONDS = 20
LONGEST_PAUSE = 30.0

type Tell = Callable[[str], None]


class NotReady(RuntimeError):  # noqa: N818 - named after what happened; the message says what to do
    """Raised when a process does not come up in time."""


@dataclass(frozen=True, slots=True)
class Program:
    """One process."""

    name: str
    command: Callable[[], tuple[str, ...]]
    """Asked at each start: the engine comes back with the model taken into use last."""
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
        Program("actions", lambda: (sys.executable, "-m", "actions"), service),
        Program("engine", rasa, engine_env(settings, token=token)),
        Program("gateway", lambda: (sys.executable, "-m", "bot.gateway"), service),
    ]


def ensure_free(settings: Settings) -> None:
    """Raise when a port is taken, or is to be used twice.

    Raises:
        PortTaken: names the port, and the setting that moves it.
    """
    wanted = ((settings.host, settings.port, "LIYAN_PORT"), ("127.0.0.1", settings.engine_port, "LIYAN_ENGINE_PORT"),
              ("127.0.0.1", settings.actions_port, "LIYAN_ACTIONS_PORT"))  # fmt: skip
    with contextlib.ExitStack() as probes:
        for host, port, setting in wanted:
            probes.enter_context(listen(host, port, setting))


async def run(settings: Settings, model: Path, *, tell: Tell, ready: Callable[[], None]) -> None:
    """Run all programs until SIGINT, SIGTERM, or the terminal is closed.

    Args:
        settings: the service's settings.
        model: what the engine begins with.
        tell: is given a line for each event.
        ready: called once everything answers.
    """
    ensure_free(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    token = engine_token.made(settings)
    running = programs(settings, model, token=token)
    keepers = [asyncio.create_task(_keep(program, settings, stop, tell)) for program in running]
    waiting = asyncio.create_task(_announce(settings, stop, tell=tell, ready=ready))
    try:
        await stop.wait()
    finally:
        tell("stopping …")
        waiting.cancel()
        await asyncio.gather(*keepers)
        engine_token.forget(settings)
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
        tell(f"{program.name} ended with {process.returncode}; started again in {pause:g} s (log: {log})")
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
