"""SQLite's calls without a change of threads.

aiosqlite hands every call to a thread of the connection's own: opening a cursor, executing, fetching, closing it.
SQLite answers most of them in less time than two threads need to find each other, and a writer would keep the lock for
as long as they take. So they are called right here; only what may wait, for the lock or for the disk, is left to the
thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

BEGIN_WRITING = "BEGIN IMMEDIATE"
"""A write lock from the start: a deferred transaction that turns into a writer fails at once under WAL."""


class ReadingConnection(aiosqlite.Connection):
    """A connection that only reads: in WAL mode it waits for nobody."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function of the connection or of one of its cursors."""
        if self._waits(fn, *args):
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)

    def _waits(self, fn: Callable[..., Any], statement: object = None, *_: object) -> bool:
        return not self._connection or fn == self._connection.close or str(statement).startswith("PRAGMA")


class WritingConnection(ReadingConnection):
    """A connection that writes: it waits for the lock when it begins, and for the disk when it commits."""

    def _waits(self, fn: Callable[..., Any], statement: object = None, *_: object) -> bool:
        return super()._waits(fn, statement) or fn == self._conn.commit or statement == BEGIN_WRITING


def connect(kind: type[ReadingConnection], database: str, **options: Any) -> ReadingConnection:
    """Return a connection that opens when it is awaited.

    Args:
        kind: of connection.
        database: the file.
        options: of `sqlite3.connect`.
    """
    connection = kind(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    # As in SQLAlchemy's own way to connect: a thread that waits does not keep the process from ending.
    connection._thread.daemon = True
    return connection
