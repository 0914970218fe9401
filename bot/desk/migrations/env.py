"""Alembic's entry: run the migrations on SQLite or PostgreSQL through the asynchronous drivers."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.desk.models import Base
from bot.desk.models.base import UtcDateTime

LOCK = 7_301_173
"""Key of PostgreSQL's advisory lock: two processes that start at once migrate one after the other."""


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column type as a plain one: a revision must not change when our code does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    """Run the migrations on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.run_migrations()


async def connect_and_migrate(url: str) -> None:
    """Open a connection for the migrations alone and run them."""
    engine = create_async_engine(url, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
            await connection.commit()
    finally:
        await engine.dispose()


def run() -> None:
    """Take the caller's connection when there is one, else open one for `attributes["url"]`.

    Raises:
        RuntimeError: the configuration names neither.
    """
    attributes = context.config.attributes
    if (connection := attributes.get("connection")) is not None:
        migrate(connection)
        return
    url = attributes.get("url")
    if not url:
        raise RuntimeError("migrations: no database named; set config.attributes['url'], see migration_config()")
    asyncio.run(connect_and_migrate(url))


run()
