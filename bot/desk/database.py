"""The engine, its sessions and the migrations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

MIGRATIONS = Path(__file__).parent / "migrations"
PATIENCE = {"timeout": 5, "command_timeout": 10}
"""Seconds for a connection and for a statement on PostgreSQL: one that hangs counts as one that is down."""

STORAGE_ERRORS = (SQLAlchemyError, OSError)
"""What the records raise when they cannot be reached: the drivers' own errors and those of their sockets."""


class Database:
    """Open sessions on the records.

    Args:
        url: an asynchronous SQLAlchemy URL (`sqlite+aiosqlite:///…`, `postgresql+asyncpg://…`).
    """

    def __init__(self, url: str) -> None:
        """Create the engine; nothing connects before the first session."""
        self.url = url
        self.engine = _create_engine(url)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Yield a session in one transaction: committed at the end, rolled back on an error."""
        async with self._sessions() as session, session.begin():
            yield session

    async def ping(self) -> None:
        """Raise when the database cannot be reached."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def upgrade(self) -> None:
        """Bring the tables to the newest revision."""
        await asyncio.to_thread(command.upgrade, migration_config(self.url), "head")

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def migration_config(url: str) -> Config:
    """Return Alembic's configuration for a database URL."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def _create_engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=PATIENCE)
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    # Values of statements stay out of errors and so out of logs: they are what customers said.
    engine = create_async_engine(url, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        # BEGIN is emitted by us below: the driver's own rule begins too late to keep a read and a write together.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "busy_timeout=10000", "foreign_keys=ON", "synchronous=NORMAL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        # A write lock from the start: a deferred transaction that turns into a writer fails at once under WAL.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
