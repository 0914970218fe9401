"""What is known of a customer goes from one conversation to the next."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.desk.conversations import conversations, customers
from bot.desk.database import Database

pytestmark = pytest.mark.asyncio


async def begin(database: Database, now: datetime) -> str:
    """Return the id of alice's conversation at a moment, after a silence of an hour a new one."""
    async with database.session() as session:
        customer = await customers.find_or_create(session, channel="rest", sender="alice", now=now)
        talk = await conversations.open_for(session, customer, now=now, silent_since=now - timedelta(hours=1))
        return talk.id


async def test_contact_is_learnt_and_known_later(database: Database, now: datetime) -> None:
    """A fact told anew takes the place of the old one; the others stay."""
    first = await begin(database, now)
    async with database.session() as session:
        assert await customers.facts(session, first) == {}
        await customers.learn(session, first, {"name": "方敏", "phone": "13812345678"})
        await customers.learn(session, first, {"phone": "13900000000"})
    second = await begin(database, now + timedelta(hours=2))
    assert second != first
    async with database.session() as session:
        assert await customers.facts(session, second) == {"name": "方敏", "phone": "13900000000"}


async def test_more_than_the_records_hold_is_cut(database: Database, now: datetime) -> None:
    """An overlong fact must not break the turn that hears it."""
    talk = await begin(database, now)
    async with database.session() as session:
        await customers.learn(session, talk, {"address": "路" * 300})
    async with database.session() as session:
        assert await customers.facts(session, talk) == {"address": "路" * 200}


async def test_conversation_of_nobody_teaches_nothing(database: Database) -> None:
    """A conversation that is not in the records (Rasa's own shell) is no error."""
    async with database.session() as session:
        await customers.learn(session, "nowhere", {"name": "方敏"})
        assert await customers.facts(session, "nowhere") == {}


async def test_one_open_conversation_however_many_begin_it(database: Database, now: datetime) -> None:
    """Ten first messages at once find one customer with one open conversation."""
    assert len(set(await asyncio.gather(*(begin(database, now) for _ in range(10))))) == 1
