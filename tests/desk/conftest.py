"""Databases for the tests: SQLite always, PostgreSQL where one is reachable."""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # ships no types
import pytest
import pytest_asyncio
from sqlalchemy import delete
from sqlalchemy.engine import URL, make_url

from bot.desk.database import Database
from bot.desk.models import Base, Conversation, Customer
from phrasebook.china_time import SHANGHAI

POSTGRES = os.environ.get("LIYAN_TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432/test")


@pytest.fixture
def now() -> datetime:
    """Return a Monday morning within the shop's hours."""
    return datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one SQLite file, which each test copies."""
    path = tmp_path_factory.mktemp("template") / "liyan.db"
    _upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Make and migrate a PostgreSQL database of this run alone, and drop it at the end."""
    server = make_url(POSTGRES)
    name = f"liyan_test_{uuid.uuid4().hex[:12]}"
    try:
        asyncio.run(_execute(server, f"CREATE DATABASE {name}"))
    except (OSError, asyncpg.PostgresError) as error:
        reason = f"PostgreSQL: cannot make a test database at {server!r}: {error}; set LIYAN_TEST_POSTGRES"
        if "postgres" in os.environ.get("LIYAN_REQUIRE", ""):
            pytest.fail(reason)
        pytest.skip(reason)
    url = server.set(database=name).render_as_string(hide_password=False)
    try:
        _upgrade(url)
        yield url
    finally:
        asyncio.run(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a migrated database, once for each kind of database."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    template: Path = request.getfixturevalue("sqlite_template")
    path = tmp_path / "liyan.db"
    shutil.copyfile(template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Open an empty database with all tables."""
    opened = Database(database_url)
    yield opened
    if opened.engine.dialect.name == "postgresql":
        # Deleting a few rows is much faster than TRUNCATE, which makes new files.
        async with opened.session() as session:
            for table in reversed(Base.metadata.sorted_tables):
                await session.execute(delete(table))
    await opened.close()


@pytest_asyncio.fixture
async def talk(database: Database, now: datetime) -> str:
    """Return the id of a conversation."""
    async with database.session() as session:
        session.add(Customer(id="c1", channel="rest", sender="alice", created_at=now))
        await session.flush()
        session.add(
            Conversation(id="t1", customer_id="c1", channel="rest", sender="alice", created_at=now, last_at=now)
        )
    return "t1"


def _upgrade(url: str) -> None:
    async def run() -> None:
        database = Database(url)
        await database.upgrade()
        await database.close()

    asyncio.run(run())


async def _execute(server: URL, statement: str) -> None:
    """Run a statement outside a transaction, as CREATE DATABASE wants it."""
    connection = await asyncpg.connect(
        host=server.host,
        port=server.port or 5432,
        user=server.username,
        password=server.password,
        database=server.database,
        timeout=5,
    )
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
