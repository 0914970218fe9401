"""Talks over the REST webhook of the running system."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from bot.desk.conversations import transcripts
from bot.desk.database import Database
from bot.desk.tickets import tickets
from tests.dialogue.script import MOST_TURNS, Bubble, Customer, Dialogue
from tests.stack import Stack


@dataclass
class Talk:
    """One sender's talk over the REST webhook."""

    stack: Stack
    client: httpx.AsyncClient
    database: Database
    sender: str
    lines: list[str] = field(default_factory=list)
    bubbles: list[Bubble] = field(default_factory=list)

    async def say(self, text: str) -> list[Bubble]:
        """Send a sentence and return the bubbles that answer it."""
        answer = await self.client.post(
            f"{self.stack.url}/webhooks/rest/webhook",
            json={"sender": self.sender, "message": text},
            headers={"Authorization": f"Bearer {self.stack.token}"},
        )
        answer.raise_for_status()
        self.bubbles = [_bubble(entry) for entry in answer.json()]
        self.lines += [f"客 {text}", *(f"  店 {b.text}  [{b.phrase}]" for b in self.bubbles)]
        return self.bubbles

    async def play(self, dialogue: Dialogue) -> None:
        """Say all that the dialogue's customer says."""
        customer = Customer(dialogue)
        for _ in range(MOST_TURNS):
            text = customer.next(self.bubbles)
            if text is None:
                return
            await self.say(text)

    async def tickets(self) -> list[dict[str, Any]]:
        """Return the sender's tickets as `liyan tickets list --json` prints them."""
        async with self.database.session() as session:
            found = await tickets.listing(session, sender=self.sender)
            histories = await tickets.histories(session, [t.number for t in found])
            return [tickets.as_record(t, histories[t.number]) for t in found]

    async def transcript(self) -> list[dict[str, Any]]:
        """Return the messages as `liyan conversations show --json` prints them."""
        async with self.database.session() as session:
            record = await transcripts.transcript(session, self.sender)
            assert record is not None
            messages: list[dict[str, Any]] = record["messages"]
            return messages

    def __str__(self) -> str:
        """Return the talk as it went."""
        return "\n" + "\n".join(self.lines)


@pytest.fixture
async def talk(stack: Stack, records: Database, shop: dict[str, Any]) -> AsyncIterator[Talk]:
    """Begin a talk as a new sender."""
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        yield Talk(stack, client, records, f"test-{uuid.uuid4().hex[:10]}")


def _bubble(entry: dict[str, Any]) -> Bubble:
    custom = entry.get("custom") or {}
    buttons = tuple(button["payload"] for button in entry.get("buttons") or ())
    return Bubble(custom.get("phrase", ""), entry["text"], buttons, custom.get("ticket"))
