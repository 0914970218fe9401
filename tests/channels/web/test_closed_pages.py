"""Pages that are closed while their sentence is being taken."""

from __future__ import annotations

import asyncio
import random
import time

import pytest

from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio

ROUNDS = 10
PAGES = 6
AT_ONCE = 3.0
"""Seconds within which another visitor is answered; without a lock in the way it takes a tenth of that."""


async def test_a_closed_page_locks_nobody_out(either: Stage) -> None:
    """Visitors type 在吗 and close their pages at once, again and again: another one is answered without waiting."""
    dice = random.Random(1)
    for _ in range(ROUNDS):
        await asyncio.gather(*(_type_and_close(either, dice.random() * 0.12) for _ in range(PAGES)))
        began = time.monotonic()
        async with either.chat() as chat:
            await chat.say("还在吗")
            assert "还在吗" in (await chat.bubble())["text"]
        assert time.monotonic() - began < AT_ONCE


async def _type_and_close(stage: Stage, seconds: float) -> None:
    async with stage.chat() as chat:
        await chat.say("在吗")
        await asyncio.sleep(seconds)
        # As a browser does that is closed: the line is cut, nobody says goodbye.
        chat.line.transport.abort()
