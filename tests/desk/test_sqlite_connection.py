"""SQLite is called where we are, but for what waits."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.desk.conversations import customers
from bot.desk.database import Database

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_statements_change_no_thread(database: Database) -> None:
    """A statement is executed in the thread that asks: another one would cost more than the answer."""
    async with database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.create_function("thread", 0, threading.get_ident)
        assert await connection.scalar(select(func.thread())) == threading.get_ident()


async def test_who_waits_for_the_lock_holds_nobody_up(database: Database, tmp_path: Path) -> None:
    """While a writer waits for another process, the rest of ours goes on; then it writes."""
    other = Database(f"sqlite+aiosqlite:///{tmp_path / 'liyan.db'}")
    async with database.session() as session:
        await customers.find(session, channel="rest", sender="nobody")
        waiting = asyncio.create_task(_write(other))
        for _ in range(20):
            await asyncio.sleep(0.005)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 5)
    await other.close()


async def _write(database: Database) -> None:
    async with database.session() as session:
        await session.execute(text("UPDATE customers SET name = name"))
