"""A conversation may grow long: what a turn asks the records costs the same."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.desk.conversations import buttons, messages, transcripts
from bot.desk.database import Database
from bot.desk.models import Conversation, Message

SHORT, LONG = 1000, 6000
"""Messages of the conversation. The last 200 are looked through for old buttons: the short one has more already."""


async def _grow(database: Database, talk: str, upto: int, now: datetime) -> None:
    """Add turns until so many messages were said: some read, one not delivered, all answered."""
    async with database.session() as session:
        conversation = await session.get_one(Conversation, talk)
        first = await messages.last_seq(session, conversation.customer_id) + 1
        for seq in range(first, upto + 1):
            asked = seq % 2 == 1
            session.add(
                Message(
                    id=uuid.UUID(int=seq).hex,
                    conversation_id=talk,
                    customer_id=conversation.customer_id,
                    seq=seq,
                    direction="in" if asked else "out",
                    author="customer" if asked else "bot",
                    text="在吗",
                    at=now,
                    state="answered" if asked else "delivered",
                    read_at=None if asked or seq > upto - 6 else now,
                    reply_to=None if asked else uuid.UUID(int=seq - 1).hex,
                    phrase=None if asked else f"test.{seq % 20}",
                    version=None if asked else 1,
                    variant=None if asked else seq % 3,
                )
            )


async def _ask(database: Database, talk: str) -> list[tuple[str, Any]]:
    """Ask what a turn, a page that opens and a caller ask; return the statements."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _x: Any, _many: bool) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    async with database.reading() as session:
        event.listen(session._inner.bind.sync_engine, "before_cursor_execute", note)  # type: ignore[union-attr]
        conversation = await session.get_one(Conversation, talk)
        customer = conversation.customer_id
        await messages.next_turn(session, talk)
        await messages.next_waiting(session, talk)
        await messages.waiting_conversations(session, ["rest"])
        await messages.used_variants(session, talk, "test.2", 1)
        await messages.last_message(session, customer)
        await messages.last_seq(session, customer)
        await messages.last_understood(session, talk)
        await buttons.match_typed_payload(session, conversation, "/greet")
        await transcripts.due(session, customer, uuid.UUID(int=1).hex)
        await transcripts.read_state(session, customer)
        await transcripts.page(session, customer, before=None, limit=50)
        await transcripts.since(session, customer, after=SHORT - 50, limit=50)
    return asked


def _steps(path: Path, statement: str, parameters: Any) -> int:
    """Return how many instructions SQLite needs for a statement: a measure without a clock."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    with closing(sqlite3.connect(path)) as connection:
        connection.set_progress_handler(step, 1)
        connection.execute(statement, parameters).fetchall()
    return steps


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_a_turn_asks_does_not_grow(database: Database, talk: str, now: datetime, tmp_path: Path) -> None:
    """With 6,000 messages in a conversation each query takes as many steps as with 1,000, give or take a fifth."""
    await _grow(database, talk, SHORT, now)
    before = [_steps(tmp_path / "liyan.db", *asked) for asked in await _ask(database, talk)]
    await _grow(database, talk, LONG, now)
    for (statement, parameters), few in zip(await _ask(database, talk), before, strict=True):
        many = _steps(tmp_path / "liyan.db", statement, parameters)
        assert many <= 1.2 * few + 20, f"{few} steps became {many}: {statement}"
