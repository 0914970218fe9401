"""Many at once, and odd texts, on both databases."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import select

from bot.desk.models import Conversation, Message
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio


@pytest.fixture
def stage(either: Stage) -> Stage:
    """Run these tests on both databases."""
    return either


async def test_same_message_id_at_the_same_time_is_one_message(stage: Stage) -> None:
    """Two POSTs of one message at once are processed once and both answered."""
    await stage.post("你好")
    answers = await asyncio.gather(*(stage.post("我要退货", message_id="m-2") for _ in range(5)))
    assert all(answer == answers[0] and answer for answer in answers)
    assert stage.engine.processed.count("我要退货") == 1


async def test_concurrent_messages_keep_their_order_and_their_answers(stage: Stage) -> None:
    """Messages of one conversation are processed one at a time in order, each answer going to its own call."""
    await stage.post("你好")
    texts = [f"第{number}句" for number in range(10)]
    answers = await asyncio.gather(*(stage.post(text) for text in texts))
    assert [len(answer) for answer in answers] == [1] * 10
    assert all(text in answer[0]["text"] for text, answer in zip(texts, answers, strict=True))
    async with stage.database.session() as session:
        received = await session.scalars(select(Message.text).where(Message.direction == "in").order_by(Message.seq))
        assert stage.engine.processed == list(received)


async def test_many_senders_at_once(stage: Stage) -> None:
    """Forty senders are served side by side, none getting another's answer."""
    names = [f"客户{number}" for number in range(40)]
    answers = await asyncio.gather(*(stage.post(f"我是{name}", sender=name) for name in names))
    for name, answer in zip(names, answers, strict=True):
        assert [bubble["recipient_id"] for bubble in answer] == [name, name]
        assert f"我是{name}”" in answer[1]["text"]


async def test_half_surrogates_are_cleaned(stage: Stage) -> None:
    """Half a surrogate pair, which no database takes, is left out of the text."""
    body = json.dumps({"sender": "a", "message": "您好\ud83d"}).encode()
    assert (await stage.raw_post(body)).status_code == 200
    assert stage.engine.asked[0]["text"] == "您好"


async def test_first_contact_many_times_at_once(stage: Stage) -> None:
    """Five first messages of one sender at the same moment make one conversation and one welcome."""
    answers = await asyncio.gather(*(stage.post(f"第{number}句", sender="新客") for number in range(5)))
    said = [bubble["custom"]["phrase"] for answer in answers for bubble in answer]
    assert sorted(said) == ["test.echo"] * 5 + ["welcome.first"]
    async with stage.database.session() as session:
        assert len(list(await session.scalars(select(Conversation)))) == 1
