"""The engine, its sessions and the migrations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import event, literal, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from bot.desk.open_transactions import LONGEST_SECONDS, OpenTransactions
from bot.desk.sessions import ReadSession, WriteSession, to_the_end
from bot.desk.sqlite_connection import BEGIN_WRITING, ReadingConnection, WritingConnection, connect

MIGRATIONS = Path(__file__).parent / "migrations"
CONNECT_ARGS = {
    "timeout": 5,
    "command_timeout": 10,
    "server_settings": {"idle_in_transaction_session_timeout": f"{LONGEST_SECONDS:.0f}s"},
}
"""For PostgreSQL, in seconds: a connection or a statement that hangs counts as one that is down, and a transaction in
which nothing happens any more is ended by the server.
"""

BUSY_SECONDS = 10
"""How long a writer waits for SQLite's one write lock, in this process and again for other processes."""

SQLITE_PRAGMAS = ("journal_mode=WAL", f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON", "synchronous=NORMAL")

STORAGE_ERRORS = (SQLAlchemyError, OSError)
"""What the records raise when they cannot be reached: the drivers' own errors and those of their sockets."""


class Database:
    """Open sessions on the records.

    Args:
        url: an asynchronous SQLAlchemy URL (`sqlite+aiosqlite:///…` of a file, `postgresql+asyncpg://…`).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine, self._reader = _engines(url)
        self._writing = async_sessionmaker(self.engine, expire_on_commit=False)
        self.writes = OpenTransactions()
        self._reading = async_sessionmaker(self._reader, expire_on_commit=False)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[WriteSession]:
        """Open a transaction that may write: committed at the end, rolled back on an error."""
        with self.writes.entered():
            async with _transaction(self._writing()) as inner:
                yield WriteSession(inner)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ReadSession]:
        """Open a transaction that only reads: it waits for no writer, and the database refuses a write in it."""
        async with _transaction(self._reading()) as inner:
            yield ReadSession(inner)

    async def ping(self) -> None:
        """Raise when the database cannot be reached, or cannot be written to after a write was refused.

        Raises:
            SQLAlchemyError: the database says why; OSError when it cannot be reached at all.
        """
        # As a rule a look takes no lock: it would keep those who write waiting.
        async with self.session() if self.writes.refused else self.reading() as session:
            await session.execute(select(literal(1)))

    async def upgrade(self) -> None:
        """Bring the tables to the newest revision."""
        _close_to_others(self.url)
        await asyncio.to_thread(command.upgrade, migration_config(self.url), "head")

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()
        await self._reader.dispose()


def migration_config(url: str) -> Config:
    """Return Alembic's configuration for a database URL."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


@asynccontextmanager
async def _transaction(inner: AsyncSession) -> AsyncIterator[AsyncSession]:
    """Commit at the end or roll back, and give the connection back, even to a caller who is cancelled."""
    try:
        yield inner
    except BaseException:
        await to_the_end(inner.close())
        raise
    await to_the_end(_commit(inner))


async def _commit(inner: AsyncSession) -> None:
    try:
        # In a transaction that only reads, too: what was changed by mistake is sent, and refused.
        await inner.commit()
    finally:
        await inner.close()


def _engines(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    """Return the engine that writes and the one that only reads."""
    if not url.startswith("sqlite"):
        engine = create_async_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=CONNECT_ARGS)
        return engine, engine.execution_options(postgresql_readonly=True)
    # SQLite has one writer. Those of a process queue for its one connection, first come first served: left to SQLite,
    # each would sleep and look again, and the unlucky one would wait for ever longer.
    writer = _sqlite(url, WritingConnection, pool_size=1, max_overflow=0, pool_timeout=BUSY_SECONDS)
    reader = _sqlite(url, ReadingConnection)
    _configure_sqlite(writer, BEGIN_WRITING, ())
    _configure_sqlite(reader, "BEGIN", ("query_only=ON",))
    return writer, reader


def _sqlite(url: str, kind: type[ReadingConnection], **pool: Any) -> AsyncEngine:
    return create_async_engine(
        url, hide_parameters=True, connect_args={"async_creator_fn": partial(connect, kind)}, **pool
    )


def _close_to_others(url: str) -> None:
    """Make SQLite's file one that only its owner may read; the files beside it follow its mode."""
    if not url.startswith("sqlite"):
        return
    path = Path(make_url(url).database or "")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)


def _configure_sqlite(engine: AsyncEngine, begin: str, pragmas: Sequence[str]) -> None:
    @event.listens_for(engine.sync_engine, "do_connect")
    def on_do_connect(*_: Any) -> None:
        _close_to_others(str(engine.url))

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        # BEGIN is emitted by us below: the driver's own rule begins too late to keep a read and a write together.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*SQLITE_PRAGMAS, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
