"""Sessions that only read, and sessions that write."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import Executable

from bot.desk.conversations import messages
from bot.desk.database import Database
from bot.desk.models import Conversation, Customer, Message
from bot.desk.sessions import ReadSession, WriteSession, to_the_end


async def test_a_write_while_reading_is_refused(database: Database, talk: str) -> None:
    """The database itself refuses a statement that writes in a transaction that only reads."""
    statement: Executable = update(Conversation).values(owner_name="somebody")
    with pytest.raises(DBAPIError, match=r"read-?only"):
        async with database.reading() as session:
            await session.execute(statement)  # type: ignore[arg-type]  # the type refuses it too
    async with database.reading() as session:
        assert (await session.get_one(Conversation, talk)).owner_name is None


async def test_a_row_changed_while_reading_is_refused(database: Database, talk: str) -> None:
    """A row changed by mistake in a transaction that only reads fails at its end instead of being forgotten."""
    with pytest.raises(DBAPIError, match=r"read-?only"):
        async with database.reading() as session:
            (await session.get_one(Conversation, talk)).owner_name = "somebody"


@pytest.mark.parametrize("name", ["add", "add_all", "delete", "flush", "refresh", "begin_nested", "commit"])
def test_what_only_reads_knows_no_word_for_writing(name: str) -> None:
    """A session that only reads offers nothing that writes, and none offers a commit in the middle."""
    assert not hasattr(ReadSession, name)
    assert hasattr(WriteSession, name) == (name != "commit")


async def test_who_reads_waits_for_no_writer(database: Database, talk: str, now: datetime) -> None:
    """While somebody writes, others read what was there before."""
    async with database.session() as writing:
        customer = await writing.get_one(Customer, "c1")
        await messages.receive(writing, customer, text="在吗", now=now, silent_since=now)
        async with asyncio.timeout(1), database.reading() as session:
            assert await messages.next_waiting(session, talk) is None
    async with database.reading() as session:
        assert await messages.next_waiting(session, talk) is not None


async def test_writers_of_a_process_are_served_in_order(database: Database, talk: str, now: datetime) -> None:
    """Many writers at once all get their turn, and none is lost."""

    async def write(number: int) -> None:
        async with database.session() as session:
            customer = await session.get_one(Customer, "c1")
            await messages.receive(session, customer, text=str(number), now=now, silent_since=now)

    await asyncio.gather(*(write(number) for number in range(30)))
    async with database.reading() as session:
        assert await messages.last_seq(session, "c1") == 30


async def test_a_savepoint_undoes_its_block_alone(database: Database, talk: str, now: datetime) -> None:
    """What failed within a savepoint is undone, what was written before it stays."""
    async with database.session() as session:
        customer = await session.get_one(Customer, "c1")
        await messages.receive(session, customer, text="before", now=now, silent_since=now)
        with pytest.raises(LookupError):
            async with session.begin_nested():
                await messages.receive(session, customer, text="within", now=now, silent_since=now)
                raise LookupError
    async with database.reading() as session:
        texts = await session.scalars(select(Message.text))
        assert texts.all() == ["before"]


async def test_work_ends_although_its_caller_is_cancelled() -> None:
    """Work begun is done to its end however often the caller is cancelled, and then the caller is cancelled."""
    going, done = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await going.wait()
        done.set()

    caller = asyncio.create_task(to_the_end(work()))
    for _ in range(3):
        await asyncio.sleep(0)
        caller.cancel()
    await asyncio.sleep(0)
    assert not caller.done()
    going.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done.is_set()
