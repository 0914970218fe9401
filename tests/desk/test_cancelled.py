"""Callers that go away in the middle: nothing they began stays open."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from datetime import datetime

import pytest

from bot.desk.conversations import customers, messages
from bot.desk.database import Database

CALLERS = 200
AT_ONCE = 0.5
"""Seconds within which another writer must have the lock; without waiting it takes a few milliseconds."""


@pytest.mark.parametrize("seed", range(2))
async def test_a_cancelled_caller_leaves_no_lock(database: Database, now: datetime, seed: int) -> None:
    """Callers cancelled at random points, some of them twice, never keep the lock from the next writer."""
    dice = random.Random(seed)
    for number in range(CALLERS):
        caller = asyncio.create_task(_write(database, f"cancelled-{number}", now))
        for _ in range(dice.randint(1, 2)):
            await asyncio.sleep(dice.random() * 0.012)
            caller.cancel()
        began = time.monotonic()
        await _write(database, f"next-{number}", now)
        assert time.monotonic() - began < AT_ONCE, f"caller {number} kept the lock"
        with contextlib.suppress(asyncio.CancelledError):
            await caller


async def _write(database: Database, sender: str, now: datetime) -> None:
    async with database.session() as session:
        customer = await customers.find_or_create(session, channel="rest", sender=sender, now=now)
        await messages.receive(session, customer, text="在吗", now=now, silent_since=now)
