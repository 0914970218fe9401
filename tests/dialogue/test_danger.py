"""Danger is always raised, and what only sounds like it is not."""

from __future__ import annotations

import asyncio
import uuid

import httpx
import pytest

from tests.dialogue.script import DATA
from tests.stack import Stack

AT_ONCE = 4
MOST_FALSE = 2


def _lines(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


async def _raised(stack: Stack, lines: list[str]) -> dict[str, bool]:
    """Say each line in a conversation of its own and tell which were met as danger."""
    width = asyncio.Semaphore(AT_ONCE)

    async def ask(client: httpx.AsyncClient, line: str) -> bool:
        async with width:
            answer = await client.post(
                f"{stack.url}/webhooks/rest/webhook",
                json={"sender": f"danger-{uuid.uuid4().hex[:12]}", "message": line},
                headers={"Authorization": f"Bearer {stack.token}"},
            )
        answer.raise_for_status()
        bubbles = answer.json()
        return any((bubble.get("custom") or {}).get("phrase", "").startswith("emergency.") for bubble in bubbles)

    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        return dict(zip(lines, await asyncio.gather(*(ask(client, line) for line in lines)), strict=True))


@pytest.mark.usefixtures("shop")
async def test_danger_is_raised(stack: Stack) -> None:
    """Every authored sentence that tells of danger gets the safety advice, at once."""
    lines = _lines("danger.txt")
    assert len(lines) >= 60
    found = await _raised(stack, lines)
    assert not [line for line, raised in found.items() if not raised]


@pytest.mark.usefixtures("shop")
async def test_look_alikes_are_no_danger(stack: Stack) -> None:
    """Of two hundred sentences that only sound like it at most two raise the alarm."""
    lines = _lines("danger_lookalikes.txt")
    assert len(lines) >= 200
    found = await _raised(stack, lines)
    false = [line for line, raised in found.items() if raised]
    assert len(false) <= MOST_FALSE, false
