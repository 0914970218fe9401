"""The migrations make the tables that the models describe, on both databases, there and back."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text

from bot.desk.database import Database, migration_config
from bot.desk.models import Base, Message, Promotion, ProofAttempt, ProofLock
from bot.settings import ROOT

pytestmark = pytest.mark.asyncio


async def test_models_equal_migrations(database: Database) -> None:
    """A table or column of the models that no migration makes is found here."""

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_down_and_up_again(database: Database) -> None:
    """The first revision can be taken back to nothing and made again."""

    def tables(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}

    config = migration_config(database.url)
    await asyncio.to_thread(command.downgrade, config, "base")
    async with database.engine.connect() as connection:
        assert await connection.run_sync(tables) == set()
    await database.upgrade()
    async with database.engine.connect() as connection:
        assert await connection.run_sync(tables) == set(Base.metadata.tables)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_two_processes_upgrade_at_once(database: Database) -> None:
    """Two processes that start together both find the tables made, once."""
    await asyncio.to_thread(command.downgrade, migration_config(database.url), "base")
    code = "import asyncio, sys; from bot.desk.database import Database; asyncio.run(Database(sys.argv[1]).upgrade())"
    both = [await asyncio.create_subprocess_exec(sys.executable, "-c", code, database.url, cwd=ROOT) for _ in range(2)]
    assert [await process.wait() for process in both] == [0, 0]
    await database.ping()


OLD_ROWS = (
    "INSERT INTO customers (id, channel, sender, created_at) VALUES ('c', 'web', 's', '2026-11-23 10:00:00+00:00')",
    "INSERT INTO conversations (id, customer_id, channel, sender, owner, created_at, last_at) VALUES"
    " ('t', 'c', 'web', 's', 'bot', '2026-11-23 10:00:00+00:00', '2026-11-23 10:00:00+00:00')",
    "INSERT INTO messages (id, conversation_id, seq, direction, author, text, at, state) VALUES"
    " ('m1', 't', 1, 'out', 'bot', '您好', '2026-11-23 10:00:00+00:00', 'recorded'),"
    " ('m2', 't', 2, 'out', 'bot', '您好', '2026-11-23 10:00:00+00:00', 'delivered'),"
    " ('m3', 't', 3, 'out', 'bot', '您好', '2026-11-23 10:00:00+00:00', 'read')",
)


async def test_read_sentences_stay_read(database: Database) -> None:
    """What was recorded, delivered and read before the outbox is queued, delivered, and delivered and read after it."""
    config = migration_config(database.url)
    await asyncio.to_thread(command.downgrade, config, "0004")
    async with database.engine.begin() as connection:
        for statement in OLD_ROWS:
            await connection.execute(text(statement))
    await database.upgrade()
    async with database.session() as session:
        rows = list(await session.scalars(select(Message).order_by(Message.seq)))
    assert [(row.state, row.read_at) for row in rows] == [
        ("queued", None),
        ("delivered", None),
        ("delivered", rows[2].at),
    ]


async def test_offers_keep_their_words_as_phrases(database: Database) -> None:
    """An offer recorded with its words names the shop's phrase for it afterwards."""
    config = migration_config(database.url)
    await asyncio.to_thread(command.downgrade, config, "0005")
    row = (
        "INSERT INTO promotions (id, name, terms, skus, starts_at, ends_at) VALUES"
        " ('winter-coupon', '满减', '满300减30', '[]', '2026-11-22 10:00:00+00:00', '2026-11-23 10:00:00+00:00')"
    )
    async with database.engine.begin() as connection:
        await connection.execute(text(row))
    await database.upgrade()
    async with database.reading() as session:
        assert list(await session.scalars(select(Promotion.phrase))) == ["promotion.winter_coupon"]


TRIES = (
    "INSERT INTO messages (id, conversation_id, seq, direction, author, text, at, state) VALUES"
    " ('m1', 't', 1, 'in', 'customer', '我要退货', '2026-11-23 10:00:00+00:00', 'answered')",
    "INSERT INTO proof_attempts (id, conversation_id, number, ok, at) VALUES"
    " (1, 't', '261122278690', {false}, '2026-11-23 10:00:00+00:00')",
    "INSERT INTO proof_locks VALUES ('conversation', 't', 4, '2026-11-23 10:00:00+00:00', NULL)",
    "INSERT INTO proof_locks VALUES ('number', '261122278690', 4, '2026-11-23 10:00:00+00:00', NULL)",
)


async def test_wrong_tries_of_a_conversation_become_its_visitors(database: Database) -> None:
    """Tries that were counted go on counting, for the visitor now; messages know their length."""
    config = migration_config(database.url)
    await asyncio.to_thread(command.downgrade, config, "0005")
    false = "false" if database.engine.dialect.name == "postgresql" else "0"
    async with database.engine.begin() as connection:
        for statement in (*OLD_ROWS[:2], *TRIES):
            await connection.execute(text(statement.replace("{false}", false)))
    await database.upgrade()
    async with database.session() as session:
        locks = {(lock.scope, lock.key): lock.wrong for lock in await session.scalars(select(ProofLock))}
        assert locks == {("visitor", "c"): 4, ("number", "261122278690"): 4}
        assert [attempt.visitor for attempt in await session.scalars(select(ProofAttempt))] == ["c"]
        assert [message.length for message in await session.scalars(select(Message))] == [4]
