"""The gateway as a process of its own, which can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx

from bot.settings import ROOT
from tests.support.engine import ENGINE_TOKEN, Engine
from tests.support.serving import listen
from tests.support.stage import TOKEN


class Process:
    """`python -m bot.gateway`, or another module that serves one, on a port of its own."""

    def __init__(self, folder: Path, words: Path, engine: Engine, module: str = "bot.gateway") -> None:
        """Choose the port; nothing runs yet."""
        self._module = module
        with listen() as probe:
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        values = {
            "PORT": port,
            "VAR": folder,
            "PHRASEBOOK": words,
            "API_TOKEN": TOKEN,
            "ENGINE_TOKEN": ENGINE_TOKEN,
            "ENGINE_PORT": engine.port,
            "ACTIONS_PORT": engine.port,
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'liyan.db'}",
        }
        self._environment = os.environ | {f"LIYAN_{name}": str(value) for name, value in values.items()}
        self.running: asyncio.subprocess.Process

    async def start(self) -> None:
        """Start and wait until it is alive."""
        self.running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self._module, cwd=ROOT, env=self._environment, stderr=asyncio.subprocess.DEVNULL
        )
        async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(60):
            while True:
                try:
                    await http.get(f"{self.address}/healthz")
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                else:
                    return

    async def kill(self) -> None:
        """Kill without a chance to tidy up."""
        self.running.send_signal(signal.SIGKILL)
        await self.running.wait()

    async def end(self) -> int | None:
        """Ask to stop and return how it ended: uvicorn tidies up, then ends by the signal it was sent."""
        if self.running.returncode is None:
            self.running.terminate()
        return await self.running.wait()
