"""The running system for all tests that use it whole; the demo shop is loaded anew for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from hypothesis import settings

from bot.desk.database import Database
from tests.shop import open_anew
from tests.stack import Stack, running

# How long an example takes says something of the machine, nothing of the code: speed is shown by benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start the whole system once."""
    with running(tmp_path_factory.mktemp("var")) as found:
        yield found


@pytest.fixture
async def records(stack: Stack) -> AsyncIterator[Database]:
    """Open the running system's records."""
    database = Database(stack.settings.database)
    yield database
    await database.close()


@pytest.fixture
async def shop(stack: Stack, records: Database) -> dict[str, Any]:
    """Load the demo shop anew and return its listing."""
    return await open_anew(records, stack.settings)
