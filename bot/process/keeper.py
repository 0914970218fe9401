"""Keep one process alive: start it, ask whether it is well, restart it when it dies or no longer answers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.process.log_files import open_log, rotate
from bot.process.parent_death import dies_with_parent
from bot.settings import ROOT

STOP_SECONDS = 10
"""How long a process may take to end before it is killed."""

type Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Program:
    """What is kept alive."""

    name: str
    command: Callable[[], tuple[str, ...]]
    """Asked at each start: the engine comes back with the model taken into use last."""
    env: dict[str, str]
    health: str
    """URL that answers 200 while the process is well."""


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """When a process counts as hung, and how long to wait before a restart; all times in seconds."""

    ask_every: float = 5.0
    answer_within: float = 5.0
    misses: int = 3
    """Answers missed one after the other: then it hangs."""
    start_within: float = 300.0
    """Until its first answer, misses count only after this."""
    first_pause: float = 0.5
    longest_pause: float = 30.0
    quick_death: float = 20.0
    """A process that ends sooner than this is started again after longer and longer pauses."""


class Keeper:
    """Keep a program running until told to stop.

    Args:
        program: what to run.
        log: file that its output goes to.
        tell: is given a line for each restart.
    """

    def __init__(self, program: Program, *, log: Path, tell: Tell, policy: RestartPolicy | None = None) -> None:
        self._program = program
        self._log = log
        self._tell = tell
        self._policy = policy or RestartPolicy()

    async def keep(self, stop: asyncio.Event) -> None:
        """Run the program, again and again, until `stop` is set; then end it."""
        pause = self._policy.first_pause
        while not stop.is_set():
            started = time.monotonic()
            process = await self._start()
            why = await self._until_over(process, stop)
            if stop.is_set():
                return
            died_at_once = time.monotonic() - started < self._policy.quick_death
            pause = min(pause * 2, self._policy.longest_pause) if died_at_once else self._policy.first_pause
            self._tell(f"{self._program.name} {why}; started again in {pause:g} s (log: {self._log})")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)

    async def _start(self) -> asyncio.subprocess.Process:
        output = open_log(self._log)
        try:
            return await asyncio.create_subprocess_exec(
                *self._program.command(),
                cwd=ROOT,
                env=self._program.env,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=dies_with_parent(),
            )
        finally:
            os.close(output)

    async def _until_over(self, process: asyncio.subprocess.Process, stop: asyncio.Event) -> str:
        """Wait until the process has died, hangs or is to stop; end what is left of it and say what happened."""
        died = asyncio.create_task(process.wait())
        hangs = asyncio.create_task(self._until_it_hangs())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({died, hangs, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                await _end(process, signal.SIGTERM, signal.SIGKILL)
                return "was told to stop"
            if died.done():
                return f"ended with {process.returncode}"
            await _end(process, signal.SIGKILL)
            return "no longer answered"
        finally:
            for task in (died, hangs, stopping):
                task.cancel()

    async def _until_it_hangs(self) -> None:
        """Return once the program has missed several answers in a row."""
        policy = self._policy
        deadline = time.monotonic() + policy.start_within
        has_answered, misses = False, 0
        async with httpx.AsyncClient(timeout=policy.answer_within, trust_env=False) as client:
            while misses < policy.misses:
                await asyncio.sleep(policy.ask_every)
                rotate(self._log)
                if await _is_well(client, self._program.health):
                    has_answered, misses = True, 0
                elif has_answered or time.monotonic() > deadline:
                    misses += 1


async def _is_well(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


async def _end(process: asyncio.subprocess.Process, *signals: signal.Signals) -> None:
    """Send signals to a process and its children, one after the other, until it has ended."""
    for number in signals:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
            return
