"""Turns: outages, crashes, order; each sentence is answered exactly once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.chat.turns.retry_policy import RetryPolicy
from bot.desk.models import Conversation, Message
from tests.support.stage import QUICK, Stage, until

pytestmark = pytest.mark.asyncio


@pytest.fixture
def stage(either: Stage) -> Stage:
    """Run these tests on both databases."""
    return either


async def rows(stage: Stage, direction: str) -> list[Message]:
    """Return what was recorded, in order."""
    async with stage.database.session() as session:
        statement = select(Message).where(Message.direction == direction).order_by(Message.seq)
        return list(await session.scalars(statement))


async def phrases(stage: Stage) -> list[str | None]:
    """Return the phrases said, in order."""
    return [row.phrase for row in await rows(stage, "out")]


async def all_answered(stage: Stage) -> bool:
    """Tell whether nothing waits."""
    return all(row.state == "answered" for row in await rows(stage, "in"))


async def test_message_is_on_disk_before_anything_is_done(stage: Stage) -> None:
    """While the engine still thinks, the sentence stands in the records as accepted."""
    stage.engine.hold = asyncio.Event()
    call = asyncio.create_task(stage.post("你好"))
    await until(lambda: _asked(stage, 1))
    assert [(row.text, row.state, row.seq) for row in await rows(stage, "in")] == [("你好", "accepted", 1)]
    stage.engine.hold.set()
    await call
    (message,) = await rows(stage, "in")
    assert message.state == "answered"
    assert message.understood is not None
    assert message.understood["intent"] == "inform"


async def _asked(stage: Stage, count: int) -> bool:
    return len(stage.engine.asked) >= count


async def test_outage_is_told_once_and_the_messages_are_answered_later(stage: Stage) -> None:
    """Engine down: one apology in the outage, both messages kept and answered in order when it is back."""
    await stage.post("你好")
    await stage.engine.stop()
    (apology,) = await stage.post("第一句")
    assert apology["custom"]["phrase"] == "system.outage"
    (kept,) = await stage.post("第二句")
    assert kept["custom"]["phrase"] == "system.kept"
    await stage.engine.start()
    await until(lambda: all_answered(stage))
    assert stage.engine.processed == ["你好", "第一句", "第二句"]
    late = await stage.post("第三句")
    assert ["第一句" in late[0]["text"], "第二句" in late[1]["text"], "第三句" in late[2]["text"]] == [True] * 3
    assert (await phrases(stage)).count("system.outage") == 1


async def test_next_outage_is_told_again(stage: Stage) -> None:
    """An apology belongs to its outage: the next one has its own."""
    for said in ("一", "二"):
        await stage.engine.stop()
        assert "system.outage" in [bubble["custom"]["phrase"] for bubble in await stage.post(said)]
        await stage.engine.start()
        await until(lambda: all_answered(stage))
    assert (await phrases(stage)).count("system.outage") == 2


async def test_engine_fault_is_an_outage_too(stage: Stage) -> None:
    """A 500 of the engine is apologised for, and the message answered when it works again."""
    await stage.post("你好")
    stage.engine.broken = True
    (apology,) = await stage.post("我要退货")
    assert apology["custom"]["phrase"] == "system.outage"
    stage.engine.broken = False
    await until(lambda: all_answered(stage))
    assert stage.engine.processed == ["你好", "我要退货"]


async def test_turn_without_a_bubble_is_a_fault(stage: Stage) -> None:
    """An empty answer of the engine is no answer."""
    stage.engine.reply = lambda _: []
    assert (await stage.post("你好"))[-1]["custom"]["phrase"] == "system.outage"


async def test_sentence_that_a_healthy_engine_cannot_take_is_given_up(tmp_path: Path, words: Path) -> None:
    """After so many faults of an engine that is well otherwise, the customer is told and the next one has its turn."""
    stage = Stage(tmp_path, words)
    await stage.open(retry=RetryPolicy(first=0.01, longest=0.02, tries=3, sweep=0.05))
    try:
        stage.engine.reply = lambda body: [] if body["text"] == "毒" else [{"phrase": "test.ask"}]
        await stage.post("毒")
        await until(lambda: _said(stage, "system.failed"))
        assert [row.state for row in await rows(stage, "in")] == ["failed"]
        assert (await stage.post("你好"))[-1]["custom"]["phrase"] == "test.ask"
    finally:
        await stage.close()


async def test_typing_on_does_not_use_up_the_tries(tmp_path: Path, words: Path) -> None:
    """A sentence that failed is tried again after its pause, however many come behind it."""
    stage = Stage(tmp_path, words, reply_timeout=0.2)
    await stage.open(retry=RetryPolicy(first=60, longest=60, tries=3, sweep=60))
    try:
        stage.engine.reply = lambda _: []
        for text in ("毒", "一", "二", "三"):
            await stage.post(text)
        assert [row.state for row in await rows(stage, "in")] == ["accepted"] * 4
        assert stage.engine.processed.count("毒") <= 1
    finally:
        await stage.close()


async def _said(stage: Stage, phrase: str) -> bool:
    return phrase in await phrases(stage)


async def test_answer_in_time_or_late(tmp_path: Path, words: Path) -> None:
    """A caller is not kept waiting beyond the limit; the late answer heads the list of the next call."""
    stage = Stage(tmp_path, words, reply_timeout=0.1)
    await stage.open()
    try:
        stage.engine.hold = asyncio.Event()
        first = await stage.post("慢")
        assert [bubble["custom"]["phrase"] for bubble in first] == ["welcome.first", "system.late"]
        stage.engine.hold.set()
        await until(lambda: all_answered(stage))
        late = await stage.post("快")
        assert [bubble["custom"]["phrase"] for bubble in late] == ["test.echo", "test.echo"]
        assert "“慢”" in late[0]["text"]
    finally:
        await stage.close()


async def test_crash_between_the_engines_answer_and_the_record(stage: Stage) -> None:
    """Killed after the engine answered and before the record: the answer is recorded once after the restart."""
    answered = asyncio.Event()

    async def die() -> None:
        answered.set()
        await asyncio.Event().wait()

    stage.engine.before_answer = die
    call = asyncio.create_task(stage.post("我要退货"))
    await answered.wait()
    # The task that would record is cut off, as by a kill.
    await stage.services.turns.stop()
    call.cancel()
    stage.engine.before_answer = None
    await stage.stop()
    assert [row.state for row in await rows(stage, "in")] == ["accepted"]
    await stage.start()
    await until(lambda: all_answered(stage))
    assert stage.engine.processed == ["我要退货"]
    assert len(stage.engine.asked) == 2
    assert await phrases(stage) == ["welcome.first", "test.echo"]


async def test_accepted_before_a_crash_is_answered_after_it(stage: Stage) -> None:
    """What an earlier process accepted and nobody began is answered by the next one, in order."""
    await stage.post("你好")
    await stage.stop()
    async with stage.database.session() as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        for seq, said in ((3, "第一句"), (4, "第二句")):
            session.add(
                Message(
                    id=f"{seq}" * 32,
                    conversation_id=conversation.id,
                    customer_id=conversation.customer_id,
                    seq=seq + 10,
                    direction="in",
                    author="customer",
                    text=said,
                    at=conversation.last_at,
                    state="accepted",
                )
            )
    await stage.start()
    await until(lambda: all_answered(stage))
    assert stage.engine.processed == ["你好", "第一句", "第二句"]


async def test_two_gateways_answer_once(stage: Stage, tmp_path: Path, words: Path) -> None:
    """Two gateways on the same records and the same message: one answer is recorded."""
    other = Stage(tmp_path, words)
    other.engine = stage.engine
    await other.start()
    try:
        await stage.post("你好")
        stage.engine.hold = asyncio.Event()
        call = asyncio.create_task(stage.post("我要退货"))
        await until(lambda: _asked(stage, 2))
        conversation_id = stage.engine.asked[0]["sender"]
        other.services.turns.wake(conversation_id)
        await until(lambda: _asked(stage, 3))
        stage.engine.hold.set()
        await call
        await until(lambda: all_answered(stage))
        assert (await phrases(stage)).count("test.echo") == 2
    finally:
        await other.stop()


async def test_recovery_wakes_those_who_wait(tmp_path: Path, words: Path) -> None:
    """When one conversation is answered again, the others do not wait for their pause to end."""
    stage = Stage(tmp_path, words)
    await stage.open(retry=RetryPolicy(first=60, longest=60, sweep=60))
    try:
        await stage.engine.stop()
        await stage.post("一", sender="甲")
        await stage.post("二", sender="乙")
        await stage.engine.start()
        await stage.post("三", sender="丙")
        await until(lambda: all_answered(stage))
        assert sorted(stage.engine.processed) == ["一", "三", "二"]
    finally:
        await stage.close()


async def test_database_down(stage: Stage) -> None:
    """Records gone: 503 in our shape, nothing pretended, and service as before when they are back."""
    await stage.post("你好")
    await _rename(stage, "messages", "messages_away")
    response = await stage.raw_post({"sender": "王芳", "message": "在吗"})
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "database_down"
    assert stage.engine.texts == ["你好"]
    await _rename(stage, "messages_away", "messages")
    assert "在吗" in (await stage.post("在吗"))[0]["text"]
    assert [row.text for row in await rows(stage, "in")] == ["你好", "在吗"]


async def test_records_lost_in_the_middle_of_a_turn(stage: Stage) -> None:
    """Records gone while the engine thinks: the caller is told so, and the answer comes once when they are back."""
    await stage.post("你好")
    stage.engine.hold = asyncio.Event()
    call = asyncio.create_task(stage.raw_post({"sender": "王芳", "message": "我要退货"}))
    await until(lambda: _asked(stage, 2))
    await _rename(stage, "messages", "messages_away")
    stage.engine.hold.set()
    refused = await call
    assert refused.status_code == 503
    assert "do not send it again" in refused.json()["error"]["message"], "it was taken"
    await _rename(stage, "messages_away", "messages")
    await until(lambda: all_answered(stage))
    assert stage.engine.processed == ["你好", "我要退货"]
    assert await phrases(stage) == ["welcome.first", "test.echo", "test.echo"]


async def _rename(stage: Stage, old: str, new: str) -> None:
    async with stage.database.session() as session:
        await session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def test_pauses_grow_to_a_limit() -> None:
    """Pauses double from one second and end at the longest; no number of tries overflows."""
    patience = RetryPolicy()
    assert [patience.pause(tries) for tries in (1, 2, 3, 5, 10_000)] == [1, 2, 4, 15, 15]
    assert QUICK.pause(1) == 0.01


async def test_answer_that_cannot_be_recorded_does_not_block_the_conversation(tmp_path: Path, words: Path) -> None:
    """An answer that the records refuse counts as a fault: after a few, the next sentence has its turn."""
    stage = Stage(tmp_path, words)
    await stage.open(retry=RetryPolicy(first=0.01, longest=0.02, tries=3, sweep=0.05))
    try:
        await _execute(
            stage,
            "CREATE TRIGGER poison BEFORE INSERT ON messages WHEN NEW.text LIKE '%毒%' AND NEW.direction = 'out' "
            "BEGIN SELECT RAISE(ABORT, 'cannot hold that'); END",
        )
        poisoned = asyncio.create_task(stage.post("毒"))
        await until(lambda: _state_is(stage, "failed"))
        assert "“你好”" in (await stage.post("你好"))[-1]["text"]
        await poisoned
    finally:
        await stage.close()


async def _state_is(stage: Stage, state: str) -> bool:
    return [row.state for row in await rows(stage, "in")] == [state]


async def _execute(stage: Stage, statement: str) -> None:
    async with stage.database.session() as session:
        await session.execute(text(statement))
