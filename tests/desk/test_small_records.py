"""Wishes for restock, ratings and questions: each stored once however often the action runs."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import func, select

from bot.desk.conversations import consultations, rating
from bot.desk.database import Database
from bot.desk.models import Consultation, Rating
from bot.desk.shop import restock

pytestmark = pytest.mark.asyncio


async def test_a_restock_wish_is_remembered_once(database: Database, now: datetime) -> None:
    """A second wish for the same goods adds the phone; another product is another wish."""
    async with database.session() as session:
        first = await restock.request_restock(session, conversation_id="t1", sku="AP-1017", phone=None, now=now)
        again = await restock.request_restock(
            session, conversation_id="t1", sku="AP-1017", phone="13800130127", now=now
        )
        kept = await restock.request_restock(session, conversation_id="t1", sku="AP-1017", phone=None, now=now)
        await restock.request_restock(session, conversation_id="t1", sku="AP-1018", phone=None, now=now)
        assert first.id == again.id == kept.id
        assert kept.phone == "13800130127"
        assert len(await restock.open_requests(session, sku="AP-1017")) == 1


async def test_a_rating_counts_once(database: Database, talk: str, now: datetime) -> None:
    """The same message scores once, also at once; a score outside 1 to 5 is refused."""

    async def call() -> int:
        async with database.session() as session:
            given = await rating.rate(session, conversation_id="t1", message_id="m1", score=5, comment=None, now=now)
            return given.id

    assert len(set(await asyncio.gather(call(), call(), call()))) == 1
    async with database.session() as session:
        assert await session.scalar(select(func.count()).select_from(Rating)) == 1
        with pytest.raises(ValueError, match="1 to 5"):
            await rating.rate(session, conversation_id="t1", message_id="m2", score=6, now=now)


async def test_a_question_is_recorded_once_a_topic(database: Database, talk: str, now: datetime) -> None:
    """One message can ask about two topics, and about each only once."""
    async with database.session() as session:
        for topic in ("invoice", "warranty", "invoice"):
            await consultations.record(
                session, conversation_id="t1", message_id="m1", topic=topic, answered=True, subject=None, now=now
            )
        assert await session.scalar(select(func.count()).select_from(Consultation)) == 2
