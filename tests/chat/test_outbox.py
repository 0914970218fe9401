"""A push channel that only the tests know: what leaves by it arrives once, in order, and fits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.chat.delivery.channel import Limits
from bot.chat.turns.retry_policy import RetryPolicy
from bot.desk.conversations import outbox
from bot.desk.database import Database
from bot.desk.models import Base, Message, OutboxMessage
from tests.support.engine import Engine, ask, echo
from tests.support.pigeon import Loft, PigeonChannel, tell_where
from tests.support.process import Process
from tests.support.stage import QUICK, Stage, until

pytestmark = pytest.mark.asyncio

FEW_TRIES = RetryPolicy(first=0.01, longest=0.02, tries=3, sweep=0.05)


@pytest_asyncio.fixture
async def loft(tmp_path: Path) -> AsyncIterator[Loft]:
    """Yield the far side."""
    made = Loft()
    await made.start()
    tell_where(made, tmp_path)
    yield made
    await made.stop()


async def _with_pigeons(
    stage: Stage, retry: RetryPolicy = QUICK, channel: type[PigeonChannel] = PigeonChannel
) -> Stage:
    await stage.stop()
    stage.more_channels = [channel]
    await stage.start(retry=retry)
    return stage


@pytest_asyncio.fixture
async def pigeons(either: Stage) -> Stage:
    """Return a gateway on either database to which the channel was added, with nothing else changed."""
    return await _with_pigeons(either)


async def write(stage: Stage, text: str, sender: str = "王芳", number: str | None = None) -> None:
    """Send a message by pigeon."""
    body = {"from": sender, "text": text, "id": number or f"{text}-{id(text)}"}
    answer = await stage.http.post("/pigeon", json=body)
    assert answer.status_code == 200, answer.text


async def landed(loft: Loft, count: int, to: str = "王芳") -> list[str]:
    """Wait until so many messages have landed and return them."""
    await until(lambda: _enough(loft, count, to))
    return loft.texts(to)


async def _enough(loft: Loft, count: int, to: str) -> bool:
    return len(loft.texts(to)) >= count


async def _outbox(stage: Stage) -> list[OutboxMessage]:
    async with stage.database.reading() as session:
        return list(await session.scalars(select(OutboxMessage).order_by(OutboxMessage.place)))


async def _said(stage: Stage) -> list[tuple[str | None, str]]:
    async with stage.database.reading() as session:
        rows = await session.scalars(select(Message).where(Message.direction == "out").order_by(Message.seq))
        return [(row.phrase, row.state) for row in rows]


async def _said_is(stage: Stage, states: list[str]) -> bool:
    return [state for _, state in await _said(stage)] == states


async def test_journey_over_a_channel_without_buttons(pigeons: Stage, loft: Loft) -> None:
    """Buttons become numbered choices; a number presses the first, its words the second, other words are typed."""
    await write(pigeons, "按钮")
    _, question, choices = await landed(loft, 3)
    assert question == "请问您要退货还是换货？"
    assert choices.endswith("\n1. 退货\n2. 换货")
    await write(pigeons, " 1。")
    assert "/inform" in (await landed(loft, 4))[-1]
    asked = pigeons.engine.asked[-1]
    assert (asked["text"], asked["button"]) == ('/inform{"wish":"return"}', True)
    pigeons.engine.reply = lambda body: [ask()]
    await write(pigeons, "再问一次")
    await landed(loft, 6)
    pigeons.engine.reply = echo
    await write(pigeons, "换货")
    await landed(loft, 7)
    assert pigeons.engine.asked[-1]["text"] == '/inform{"wish":"exchange"}'
    await write(pigeons, "1")
    await landed(loft, 8)
    assert (pigeons.engine.asked[-1]["text"], pigeons.engine.asked[-1]["button"]) == ("1", False)
    await until(lambda: _said_is(pigeons, ["sent"] * 8))
    assert {row.state for row in await _outbox(pigeons)} == {"sent"}


async def test_typed_payload_presses_nothing(pigeons: Stage, loft: Loft) -> None:
    """What a program may send over REST is plain text on a channel for people."""
    await write(pigeons, "按钮")
    await landed(loft, 3)
    await write(pigeons, '/inform{"wish":"return"}')
    await landed(loft, 4)
    assert pigeons.engine.asked[-1]["button"] is False


async def test_long_answers_are_cut_and_many_are_merged(pigeons: Stage, loft: Loft) -> None:
    """No message is longer than the channel carries, cut where a sentence ends; not more of them than the quota."""
    pigeons.engine.reply = lambda body: [{"phrase": "test.echo", "variables": {"said": "好的。" * 33}}]
    await write(pigeons, "长的")
    texts = await landed(loft, 3)
    assert all(len(text.encode()) <= 300 for text in texts)
    assert texts[1].endswith("。")
    pigeons.engine.reply = lambda body: [{"phrase": "test.ask"}, {"phrase": "test.steps"}] * 3
    await write(pigeons, "多的")
    merged = (await landed(loft, 7))[3:]
    await until(lambda: _said_is(pigeons, ["sent"] * 8))
    assert len(merged) == 4
    assert "\n".join(merged).count("请问您要退货还是换货？") == 3


async def test_far_side_that_fails_gets_each_once_in_order(pigeons: Stage, loft: Loft) -> None:
    """Refused twice, then taken without an answer in time: tried again under the same id, the others wait behind."""
    loft.answers = [500, 500]
    loft.lose_answers = 3
    await write(pigeons, "第一句")
    await write(pigeons, "第二句")
    texts = await landed(loft, 3)
    assert ["第一句" in texts[1], "第二句" in texts[2]] == [True, True]
    await until(lambda: _said_is(pigeons, ["sent"] * 3))
    assert loft.texts() == texts
    assert len(loft.flights) > 3
    assert list(dict.fromkeys(loft.flights)) == [row.id for row in await _outbox(pigeons)]


async def test_one_customers_failure_keeps_nobody_else(pigeons: Stage, loft: Loft) -> None:
    """While one customer's message is tried again, another's leave."""
    loft.answers = [500] * 40
    await write(pigeons, "你好", sender="甲")
    await until(lambda: _tried(loft))
    loft.answers = []
    await write(pigeons, "你好", sender="乙")
    assert len(await landed(loft, 2, to="乙")) == 2
    assert len(await landed(loft, 2, to="甲")) == 2


async def _tried(loft: Loft) -> bool:
    return len(loft.flights) > 3


async def test_given_up_after_so_many_tries_and_at_once_when_refused_for_good(stage: Stage, loft: Loft) -> None:
    """A message that nobody takes fails, the ones behind it go on."""
    await _with_pigeons(stage, FEW_TRIES)
    loft.answers = [500, 500, 500, 410]
    await write(stage, "你好")
    await until(lambda: _said_is(stage, ["failed", "failed"]))
    first, second = await _outbox(stage)
    assert (first.tries, first.last_error) == (3, "the loft answered 500")
    assert (second.tries, second.last_error) == (1, "the loft is closed for good")
    await write(stage, "还在吗")
    assert "还在吗" in (await landed(loft, 1))[0]


async def test_receipts(pigeons: Stage, loft: Loft) -> None:
    """The far side tells what was handed over and what was lost; a sentence in two parts waits for both."""
    pigeons.engine.reply = lambda body: [{"phrase": "test.echo", "variables": {"said": "好的。" * 33}}]
    await write(pigeons, "长的")
    await landed(loft, 3)
    await until(lambda: _said_is(pigeons, ["sent", "sent"]))
    rings = [f"ring-{row.id}" for row in await _outbox(pigeons)]
    for ring in rings[:2]:
        await pigeons.http.post("/pigeon/receipt", json={"ring": ring, "handed_over": True})
    assert await _said_is(pigeons, ["delivered", "sent"])
    await pigeons.http.post("/pigeon/receipt", json={"ring": rings[2], "handed_over": False})
    assert await _said_is(pigeons, ["delivered", "failed"])


async def test_staff_leave_by_the_same_outbox_and_wait_for_the_quota(pigeons: Stage, loft: Loft) -> None:
    """Beyond the quota what staff say waits until the customer writes again, and leaves ahead of the next answer."""
    await write(pigeons, "你好")
    await landed(loft, 2)
    (row, *_) = await _outbox(pigeons)
    staff = pigeons.services.staff
    await staff.take(row.conversation_id, by="李工")
    for text in ("请稍等。", "我看一下。", "马上好。"):
        await staff.say(row.conversation_id, text, by="李工")
    assert (await landed(loft, 4))[3] == "请稍等。"
    await until(lambda: _held(pigeons, 2))
    assert len(loft.texts()) == 4
    await staff.give_back(row.conversation_id, by="李工")
    await write(pigeons, "在吗")
    texts = await landed(loft, 8)
    assert texts[4:6] == ["我看一下。", "马上好。"]
    assert "在吗" in texts[7]
    await until(lambda: _said_is(pigeons, ["sent"] * len(texts)))


async def _held(stage: Stage, count: int) -> bool:
    return sum(row.state == "queued" for row in await _outbox(stage)) == count


async def test_nothing_leaves_after_the_window(pigeons: Stage, loft: Loft) -> None:
    """Two days after the customer wrote last a message is held back, not sent and not failed."""
    await write(pigeons, "你好")
    await landed(loft, 2)
    (row, *_) = await _outbox(pigeons)
    later = pigeons.services.clock() + timedelta(hours=49)
    pigeons.services.staff._clock = pigeons.services.outbox_worker._clock = lambda: later
    await pigeons.services.staff.take(row.conversation_id, by="李工")
    await until(lambda: _held_for_quota(pigeons))
    assert len(loft.texts()) == 2


async def _held_for_quota(stage: Stage) -> bool:
    return [row.last_error for row in await _outbox(stage)][-1] == outbox.NO_QUOTA


async def test_two_gateways_deliver_each_message_once(either: Stage, loft: Loft) -> None:
    """Two workers on one database: each message flies once, in order for each customer."""

    class Tireless(PigeonChannel):
        limits = Limits()
        delivery_seconds = 5.0

    await _with_pigeons(either, channel=Tireless)
    other = Stage(either.folder, either._words, **(either.settings | {"database_url": either.url}))
    other.engine = either.engine
    other.more_channels = [Tireless]
    await other.start()
    try:
        people = [f"客户{number}" for number in range(4)]
        for number in range(3):
            writers = (write((either, other)[number % 2], f"第{number}句", sender=person) for person in people)
            await asyncio.gather(*writers)
        for person in people:
            texts = [text for text in await landed(loft, 4, to=person) if "第" in text]
            assert [f"第{number}句" in text for number, text in enumerate(texts)] == [True] * 3
        assert len(loft.flights) == len(set(loft.flights))
    finally:
        await other.stop()


async def test_collected_by_the_channels_own_route(either: Stage, loft: Loft) -> None:
    """A route may take an answer along before it is pushed; what it takes is not pushed, what it cannot take is."""

    class Patient(PigeonChannel):
        collect_seconds = 60.0

    await _with_pigeons(either, channel=Patient)
    await write(either, "你好")
    await until(lambda: _said_is(either, ["queued", "queued"]))
    (row, *_) = await _outbox(either)
    now = either.services.clock()
    async with either.database.session() as session:
        taken = await outbox.collect(session, row.customer_id, limit=1, now=now, until=now + timedelta(minutes=1))
        assert [message.id for message in taken] == [row.id]
        assert await outbox.collect(session, row.customer_id, limit=1, now=now, until=now) == []
    async with either.database.session() as session:
        await outbox.mark_delivered(session, taken[0], now=now)
    assert await _said_is(either, ["delivered", "queued"])
    either.services.outbox_worker._clock = lambda: now + timedelta(seconds=61)
    await write(either, "在吗")
    assert len(await landed(loft, 1)) == 1


@pytest.mark.parametrize("moment", ["before the far side has it", "after the far side has it"])
async def test_killed_while_a_message_flies(tmp_path: Path, words: Path, loft: Loft, moment: str) -> None:
    """SIGKILL in the middle of a delivery: the next process delivers what waits; each lands once, in order."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'liyan.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    engine = Engine()
    await engine.start()
    process = Process(tmp_path, words, engine, "tests.support.pigeon_gateway")
    await process.start()
    try:
        if moment.startswith("before"):
            loft.answers, loft.delay = [500], 0.2
        else:
            loft.lose_answers = 1
        async with httpx.AsyncClient(trust_env=False, base_url=process.address) as http:
            for number in range(3):
                await http.post("/pigeon", json={"from": "王芳", "text": f"第{number}句", "id": str(number)})
        await until(lambda: _flown(loft))
        await process.kill()
        loft.delay = 0.0
        await process.start()
        texts = await landed(loft, 4)
        assert [f"第{number}句" in text for number, text in enumerate(texts[1:])] == [True] * 3
        await until(lambda: _all_sent(database))
        assert len(loft.texts()) == 4
    finally:
        await process.end()
        await engine.stop()
        await database.close()


async def _flown(loft: Loft) -> bool:
    return bool(loft.flights)


async def _all_sent(database: Database) -> bool:
    async with database.reading() as session:
        rows = list(await session.scalars(select(OutboxMessage)))
    return len(rows) == 4 and {row.state for row in rows} == {"sent"}
