"""Fixtures of the gateway's tests."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.settings import ROOT
from tests.gateway.stage import Stage

HERE = Path(__file__).parent


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Return a phrasebook of the gateway's own phrases and a few for tests."""
    folder = tmp_path / "phrasebook"
    shutil.copytree(HERE / "words", folder)
    for name in ("system", "welcome", "safe"):
        shutil.copy(ROOT / "phrasebook" / "approved" / f"{name}.yml", folder / "approved")
    return folder


@pytest_asyncio.fixture
async def stage(tmp_path: Path, words: Path) -> AsyncIterator[Stage]:
    """Yield a running gateway with its engine."""
    made = Stage(tmp_path, words)
    await made.open()
    yield made
    await made.close()
