"""The gateway as a process of its own, killed at the worst moment."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.desk.database import Database
from bot.desk.models import Base, Message
from bot.settings import ROOT
from tests.support.engine import ENGINE_TOKEN, Engine
from tests.support.serving import listen
from tests.support.stage import TOKEN, until

pytestmark = pytest.mark.asyncio


class Process:
    """`python -m bot.gateway` on a port of its own."""

    def __init__(self, folder: Path, words: Path, engine: Engine) -> None:
        """Choose the port; nothing runs yet."""
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
            sys.executable, "-m", "bot.gateway", cwd=ROOT, env=self._environment, stderr=asyncio.subprocess.DEVNULL
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


async def test_killed_between_the_engines_answer_and_the_record(tmp_path: Path, words: Path) -> None:
    """SIGKILL after the engine has answered: the next process records the answer once, and stops when asked to."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'liyan.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    engine = Engine()
    await engine.start()
    process = Process(tmp_path, words, engine)
    await process.start()
    try:
        engine.before_answer = process.kill
        async with httpx.AsyncClient(trust_env=False) as http:
            body = {"sender": "王芳", "message": "我要退货"}
            headers = {"Authorization": f"Bearer {TOKEN}"}
            with pytest.raises(httpx.TransportError):
                await http.post(f"{process.address}/webhooks/rest/webhook", json=body, headers=headers, timeout=30)
        engine.before_answer = None
        assert [row.state for row in await _rows(database)] == ["accepted"]
        await process.start()
        await until(lambda: _answered(database))
        said = [row.phrase for row in await _rows(database) if row.direction == "out"]
        assert said == ["welcome.first", "test.echo"]
        assert engine.processed == ["我要退货"]
        assert await process.end() == -signal.SIGTERM
    finally:
        await process.end()
        await engine.stop()
        await database.close()


async def _rows(database: Database) -> list[Message]:
    async with database.session() as session:
        return list(await session.scalars(select(Message).order_by(Message.seq)))


async def _answered(database: Database) -> bool:
    return (await _rows(database))[0].state == "answered"
