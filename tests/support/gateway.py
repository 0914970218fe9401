"""Fixtures of the gateway's tests."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url

from bot.settings import ROOT
from tests.support.stage import Stage

HERE = Path(__file__).parent
POSTGRES = os.environ.get("LIYAN_TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432/test")


def copy_words(folder: Path) -> Path:
    """Make a phrasebook of the gateway's own phrases and a few for tests."""
    made = folder / "phrasebook"
    shutil.copytree(HERE / "words", made)
    for name in ("system", "welcome", "safe"):
        shutil.copy(ROOT / "phrasebook" / "approved" / f"{name}.yml", made / "approved")
    return made


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Return the folder of such a phrasebook."""
    return copy_words(tmp_path)


@pytest_asyncio.fixture
async def stage(tmp_path: Path, words: Path) -> AsyncIterator[Stage]:
    """Yield a running gateway with its engine, on SQLite."""
    made = Stage(tmp_path, words)
    await made.open()
    yield made
    await made.close()


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def either(request: pytest.FixtureRequest, tmp_path: Path, words: Path) -> AsyncIterator[Stage]:
    """Yield a running gateway on SQLite, then on a PostgreSQL database of its own where one can be made."""
    if request.param == "sqlite":
        made = Stage(tmp_path, words)
        await made.open()
        yield made
        await made.close()
        return
    server = make_url(POSTGRES)
    name = f"liyan_gateway_{uuid.uuid4().hex[:12]}"
    try:
        await _execute(f"CREATE DATABASE {name}")
    except (OSError, asyncpg.PostgresError) as error:
        reason = f"PostgreSQL: cannot make a test database at {server!r}: {error}; set LIYAN_TEST_POSTGRES"
        if "postgres" in os.environ.get("LIYAN_REQUIRE", ""):
            pytest.fail(reason)
        pytest.skip(reason)
    url = server.set(database=name).render_as_string(hide_password=False)
    made = Stage(tmp_path, words, database_url=url)
    try:
        await made.open()
        yield made
        await made.close()
    finally:
        await _execute(f"DROP DATABASE {name} WITH (FORCE)")


async def _execute(statement: str) -> None:
    server = make_url(POSTGRES)
    connection = await asyncpg.connect(
        host=server.host, port=server.port, user=server.username, password=server.password, database=server.database
    )
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
