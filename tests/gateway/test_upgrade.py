"""A database of version 0.1.0 is upgraded, on both databases, and its customers are served as before."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # ships no types
import pytest
import pytest_asyncio
from alembic import command
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from bot.channels.web.visitor_tokens import VisitorTokens
from bot.desk.database import Database, migration_config
from bot.desk.models import Booking, Conversation, Customer, Message, ServiceSlot
from bot.desk.orders import proof
from bot.desk.tickets import tickets
from tests.support.stage import Stage, until

pytestmark = pytest.mark.asyncio

OLD = Path(__file__).parent / "data" / "records_0004.sql"
VISITOR = "zf-lS34Uu3L9dNfr17yAunAe"
TICKET = "T261123-00013"
RETURN = '/inform{"wish":"return"}'
YEARS = 24 * 365


@pytest_asyncio.fixture
async def upgraded(either: Stage) -> AsyncIterator[Stage]:
    """Yield a gateway on the records of before, which it knows from an upgrade."""
    await either.stop()
    await _load(either.database)
    await either.database.upgrade()
    yield either


async def _load(database: Database) -> None:
    """Put the old records in the place of the empty ones."""
    url = make_url(database.url)
    if url.get_backend_name() == "sqlite":
        await database.close()
        for file in Path(str(url.database)).parent.glob("liyan.db*"):
            file.unlink()
        with sqlite3.connect(str(url.database)) as connection:
            connection.executescript(OLD.read_text(encoding="utf-8"))
        connection.close()
        return
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        await connection.exec_driver_sql("CREATE SCHEMA public")
    await asyncio.to_thread(command.upgrade, migration_config(database.url), "0004")
    await _insert(url.render_as_string(hide_password=False).replace("+asyncpg", ""))


async def _insert(url: str) -> None:
    lines = OLD.read_text(encoding="utf-8").splitlines()
    inserts = [line for line in lines if line.startswith("INSERT INTO") and "alembic_version" not in line]
    connection: Any = await asyncpg.connect(url, timeout=5)
    try:
        # The dump tells tables by the alphabet, not by who refers to whom, and times in UTC.
        await connection.execute("SET session_replication_role = replica; SET TIME ZONE 'UTC'")
        await connection.execute("\n".join(inserts))
        for table in ("bookings", "proof_attempts", "service_slots", "ticket_events"):
            await connection.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
    finally:
        await connection.close()


async def test_records_are_carried_over(upgraded: Stage) -> None:
    """Each sender has one open conversation of the bot's with all its messages; ticket and booking are there."""
    async with upgraded.database.session() as session:
        talks = list(await session.scalars(select(Conversation)))
        assert {(one.sender, one.owner_kind, one.owner_name, one.ended_at) for one in talks} == {
            ("王芳", "bot", None, None),
            ("李明", "bot", None, None),
            (VISITOR, "bot", None, None),
        }
        counts = (
            select(Customer.sender, func.count())
            .join(Message, Message.customer_id == Customer.id)
            .group_by(Customer.id)
        )
        assert {row[0]: row[1] for row in await session.execute(counts)} == {"王芳": 5, "李明": 3, VISITOR: 5}
        ticket = await tickets.find(session, TICKET)
        assert ticket is not None
        assert ticket.phone == "13800138000"
        booking = await session.scalar(select(Booking).where(Booking.ticket_number == TICKET))
        assert booking is not None
        slot = await session.get(ServiceSlot, booking.slot_id)
        assert slot is not None
        assert slot.taken == 1
        assert await proof.proven(session, conversation_id=ticket.conversation_id or "", number=TICKET)


async def test_who_waited_is_answered(upgraded: Stage) -> None:
    """A message that waited when the old version stopped is answered by the new one."""
    await upgraded.start()
    await until(lambda: _answered(upgraded))
    assert upgraded.engine.processed == ["我要退货"]
    assert [bubble["custom"]["phrase"] for bubble in await upgraded.post("在吗", sender="李明")] == [
        "test.echo",
        "test.echo",
    ]


async def _answered(stage: Stage) -> bool:
    async with stage.database.session() as session:
        return await session.scalar(select(Message.id).where(Message.state == "accepted")) is None


async def test_a_live_button_still_acts(upgraded: Stage) -> None:
    """Within the silence a caller goes on in the same conversation: button and message ids mean what they meant."""
    upgraded.settings["conversation_silence"] = YEARS
    await upgraded.start()
    (answer,) = await upgraded.post(RETURN)
    assert answer["custom"]["phrase"] == "test.echo"
    assert upgraded.engine.asked[-1]["button"] is True
    (again,) = await upgraded.post("按钮", message_id="w-2")
    assert again["custom"]["phrase"] == "test.ask"


async def test_history_goes_on_in_a_new_conversation(upgraded: Stage) -> None:
    """After the silence a visitor's page shows what was said before, unread count included, and goes on behind it."""
    await upgraded.start()
    cookie = VisitorTokens("x" * 40).sign(VISITOR)
    async with upgraded.chat(cookie) as chat:
        assert [message["seq"] for message in chat.ready["messages"]] == [1, 2, 3, 4, 5]
        assert (chat.ready["unread"], chat.ready["live"]) == (1, None)
        await chat.say("我回来了")
        assert (await chat.bubble())["seq"] == 7
    async with upgraded.database.session() as session:
        ends = list(await session.scalars(select(Conversation.ended_by).where(Conversation.sender == VISITOR)))
    assert sorted(ends, key=str) == [None, "silence"]
