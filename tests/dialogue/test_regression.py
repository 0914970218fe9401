"""The regression dialogues that belong to the product hold for the model of the committed data."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from bot.deployment import acceptance
from bot.process.sandbox import Sandbox
from tests.stack import Stack


@pytest.mark.parametrize("talk", acceptance.load_dialogues(), ids=lambda talk: talk.name)
async def test_regression_dialogue(talk: acceptance.AcceptanceDialogue, stack: Stack, shop: dict[str, Any]) -> None:
    """The model of the committed data passes the gate that later models must pass."""
    trial = Sandbox(stack.settings, stack.token)
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        sender = f"gate-{uuid.uuid4().hex[:8]}"
        played = await acceptance.play_dialogue(talk, trial, client, sender=sender, orders=shop["orders"])
    assert played.problem is None, "\n".join(played.lines)
