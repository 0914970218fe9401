"""Sessions on the records that a cancelled caller cannot leave half open.

A task may be cancelled wherever it awaits: a page is closed, a caller goes away, a timeout strikes. Inside a driver's
call that would leave a connection which still holds SQLite's write lock. So every call to the database runs to its end
in a task of its own; the caller's cancellation reaches it between two calls, never within one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any, overload

from sqlalchemy import Executable, Result, ScalarResult, Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import TypedReturnsRows


async def to_the_end[Value](work: Coroutine[Any, Any, Value]) -> Value:
    """Await work that is not interrupted when its caller is cancelled.

    Raises:
        CancelledError: the caller was cancelled meanwhile; the work has ended all the same.
    """
    # Begun at once: what SQLite answers without waiting is done before anybody could be asked to wait for it.
    task = asyncio.Task(work, loop=asyncio.get_running_loop(), eager_start=True)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        if not task.cancelled():
            task.exception()  # looked at: what the work raised matters to nobody any more
        raise cancelled
    return task.result()


class ReadSession:
    """A transaction that only reads; the database refuses a write in it.

    Args:
        inner: SQLAlchemy's session, begun; nobody else may hold it.
    """

    def __init__(self, inner: AsyncSession) -> None:
        self._inner = inner

    @property
    def dialect(self) -> str:
        """Return the kind of database: `sqlite` or `postgresql`."""
        return self._inner.get_bind().dialect.name

    async def execute[*Columns](self, statement: Select[*Columns]) -> Result[*Columns]:
        """Return the rows of a query, all fetched."""
        return await to_the_end(self._inner.execute(statement))

    @overload
    async def scalar[Value](self, statement: Select[Value]) -> Value | None: ...
    @overload
    async def scalar(self, statement: Select[*tuple[Any, ...]]) -> Any: ...
    async def scalar(self, statement: Select[*tuple[Any, ...]]) -> Any:
        """Return the first column of the first row, None without a row."""
        return await to_the_end(self._inner.scalar(statement))

    @overload
    async def scalars[Value](self, statement: Select[Value]) -> ScalarResult[Value]: ...
    @overload
    async def scalars(self, statement: Select[*tuple[Any, ...]]) -> ScalarResult[Any]: ...
    async def scalars(self, statement: Select[*tuple[Any, ...]]) -> ScalarResult[Any]:
        """Return the first column of all rows."""
        return await to_the_end(self._inner.scalars(statement))

    async def get[Row](self, table: type[Row], key: Any, *, populate_existing: bool = False) -> Row | None:
        """Return a row by its key, None when there is none.

        Args:
            populate_existing: read it anew although this transaction has read it before.
        """
        return await to_the_end(self._inner.get(table, key, populate_existing=populate_existing))

    async def get_one[Row](self, table: type[Row], key: Any, *, populate_existing: bool = False) -> Row:
        """Return a row by its key.

        Args:
            populate_existing: read it anew although this transaction has read it before.

        Raises:
            NoResultFound: there is none.
        """
        return await to_the_end(self._inner.get_one(table, key, populate_existing=populate_existing))


class WriteSession(ReadSession):
    """A transaction that may write. It is committed when its block ends, rolled back when it fails."""

    @overload
    async def execute[*Columns](self, statement: TypedReturnsRows[*Columns]) -> Result[*Columns]: ...
    @overload
    async def execute(self, statement: Executable) -> Result[*tuple[Any, ...]]: ...
    async def execute(self, statement: Executable) -> Result[*tuple[Any, ...]]:
        """Execute a statement and return its rows, all fetched."""
        return await to_the_end(self._inner.execute(statement))

    @overload
    async def scalar[Value](self, statement: TypedReturnsRows[Value]) -> Value | None: ...
    @overload
    async def scalar(self, statement: Executable) -> Any: ...
    async def scalar(self, statement: Executable) -> Any:
        """Return the first column of the first row, None without a row."""
        return await to_the_end(self._inner.scalar(statement))

    @overload
    async def scalars[Value](self, statement: TypedReturnsRows[Value]) -> ScalarResult[Value]: ...
    @overload
    async def scalars(self, statement: Executable) -> ScalarResult[Any]: ...
    async def scalars(self, statement: Executable) -> ScalarResult[Any]:
        """Return the first column of all rows."""
        return await to_the_end(self._inner.scalars(statement))

    def add(self, row: object) -> None:
        """Insert a row at the next flush."""
        self._inner.add(row)

    def add_all(self, rows: Iterable[object]) -> None:
        """Insert rows at the next flush."""
        self._inner.add_all(rows)

    async def delete(self, row: object) -> None:
        """Delete a row at the next flush."""
        await to_the_end(self._inner.delete(row))

    async def flush(self) -> None:
        """Send what was added and changed to the database."""
        await to_the_end(self._inner.flush())

    async def refresh(self, row: object, *, with_for_update: bool = False) -> None:
        """Read a row anew.

        Args:
            with_for_update: keep others from writing it until the transaction ends.
        """
        await to_the_end(self._inner.refresh(row, with_for_update=with_for_update))

    def expire_all(self) -> None:
        """Forget what was read: a bulk statement has changed it."""
        self._inner.expire_all()

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[None]:
        """Undo the block alone when it fails, and go on with the transaction."""
        nested = self._inner.begin_nested()
        await to_the_end(_started(nested))
        try:
            yield
        except BaseException:
            await to_the_end(nested.rollback())
            raise
        await to_the_end(nested.commit())


async def _started(nested: Any) -> None:
    await nested
