"""What the supervisor and a load balancer are told when the records are locked or the disk is full."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.desk import open_transactions
from bot.desk.conversations import customers
from bot.desk.database import Database
from bot.gateway import health
from tests.support.stage import Stage


async def test_a_lock_of_our_own_asks_for_a_restart(either: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that stays open longer than any may: not alive and not ready, until it ends."""
    with monkeypatch.context() as patch:
        patch.setattr(open_transactions, "LONGEST_SECONDS", 0.0)
        async with _locked(either.services.database):
            alive = await either.http.get("/healthz")
            assert (alive.status_code, alive.json()) == (503, {"status": "stuck"})
            assert (await either.http.get("/readyz")).json()["missing"] == ["database"]
    assert (await either.http.get("/healthz")).status_code == 200
    assert (await either.http.get("/readyz")).status_code == 200


async def test_a_lock_of_another_process_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a write was refused the records are looked at by writing: alive, but not ready until the lock is gone."""
    monkeypatch.setattr(health, "_DATABASE_SECONDS", 0.1)
    stage.services.database.writes.refused = True
    async with _locked(stage.database):
        assert (await stage.http.get("/readyz")).json()["missing"] == ["database"]
        assert (await stage.http.get("/healthz")).status_code == 200
    monkeypatch.setattr(health, "_DATABASE_SECONDS", 5)
    assert (await stage.http.get("/readyz")).status_code == 200
    assert not stage.services.database.writes.refused


async def test_a_full_disk_is_told(tmp_path: Path, words: Path) -> None:
    """With less free than set the disk is missing."""
    stage = Stage(tmp_path, words, free_disk=10**12)
    await stage.open()
    try:
        response = await stage.http.get("/readyz")
        assert (response.status_code, response.json()["missing"]) == (503, ["disk"])
    finally:
        await stage.close()


@asynccontextmanager
async def _locked(database: Database) -> AsyncIterator[None]:
    """Keep the records locked while the block runs."""
    async with database.session() as session:
        await customers.find(session, channel="rest", sender="nobody")
        yield
