"""The gateway as a process of its own, killed at the worst moment."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.desk.database import Database
from bot.desk.models import Base, Message
from tests.support.engine import Engine
from tests.support.process import Process
from tests.support.stage import TOKEN, until

pytestmark = pytest.mark.asyncio


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
