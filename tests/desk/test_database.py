"""The door to the records."""

from __future__ import annotations

import asyncio

import pytest

from bot.desk import database
from bot.desk.database import Database


async def test_a_server_that_hangs_counts_as_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PostgreSQL that takes the connection and never answers is given up, so that nobody waits for it for ever."""
    monkeypatch.setattr(database, "CONNECT_ARGS", {"timeout": 0.1, "command_timeout": 0.1})
    released = asyncio.Event()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        records = Database(f"postgresql+asyncpg://liyan@127.0.0.1:{port}/liyan")
        with pytest.raises(TimeoutError):
            await records.ping()
        released.set()
        await records.close()
