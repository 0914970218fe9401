"""People in a conversation: they take it from the bot, speak, pass it on, give it back; on both databases."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.staff.takeover import RefusedTextError
from bot.desk.conversations import staff_actions
from bot.desk.conversations.ownership import OwnershipError
from bot.desk.models import Conversation, Message
from tests.support.engine import ask
from tests.support.redis import Redis
from tests.support.stage import Stage, until

pytestmark = pytest.mark.asyncio

RETURN = '/inform{"wish":"return"}'
CLERK = "小李"


@pytest.fixture
def stage(either: Stage) -> Stage:
    """Run these tests on both databases."""
    return either


async def conversation_of(stage: Stage, sender: str = "王芳") -> str:
    """Return the id of the sender's open conversation."""
    async with stage.database.session() as session:
        found = select(Conversation.id).where(Conversation.sender == sender, Conversation.ended_at.is_(None))
        return str(await session.scalar(found))


async def states(stage: Stage) -> list[tuple[str, str]]:
    """Return what customers said and what became of it."""
    async with stage.database.session() as session:
        rows = await session.scalars(select(Message).where(Message.direction == "in").order_by(Message.seq))
        return [(row.text, row.state) for row in rows]


def phrases(bubbles: list[dict[str, Any]]) -> list[str | None]:
    """Return the phrases of some bubbles; a clerk's have none."""
    return [bubble["custom"]["phrase"] for bubble in bubbles]


async def test_customer_bot_staff_and_back(stage: Stage) -> None:
    """The bot is silent while a person owns the conversation, and goes on with later messages, never with those."""
    await stage.post("你好")
    talk = await conversation_of(stage)
    await stage.services.staff.take(talk, by=CLERK, note="客户要找人")
    assert phrases(await stage.post("有人吗")) == ["system.handed_over"], "told once, with the next call"
    assert await stage.post("还在吗") == []
    await stage.services.staff.say(talk, "您好，请问有什么可以帮您？", by=CLERK)
    (said,) = await stage.post("我的快递")
    assert (said["text"], said["custom"]["staff"]) == ("您好，请问有什么可以帮您？", CLERK)
    await stage.services.staff.give_back(talk, by=CLERK)
    assert phrases(await stage.post("谢谢")) == ["system.given_back", "test.echo"]
    assert stage.engine.processed == ["你好", "谢谢"]
    assert await states(stage) == [
        ("你好", "answered"), ("有人吗", "for_staff"), ("还在吗", "for_staff"), ("我的快递", "for_staff"),
        ("谢谢", "answered"),
    ]  # fmt: skip
    await stage.stop()
    await stage.start()
    assert phrases(await stage.post("在吗")) == ["test.echo"], "what staff had is not taken up by a new start"
    assert stage.engine.processed == ["你好", "谢谢", "在吗"]


async def test_every_change_is_recorded(stage: Stage) -> None:
    """Who, when, from whom, to whom, why: one row each, in order."""
    await stage.post("你好")
    talk = await conversation_of(stage)
    staff = stage.services.staff
    await staff.put_in_queue(talk, by="bot", note="客户要找人")
    await staff.take(talk, by=CLERK)
    await staff.transfer(talk, to="老王", by="班长", note="下班")
    await staff.say(talk, "您好，我来帮您看看。", by="老王")
    await staff.give_back(talk, by="老王")
    async with stage.database.session() as session:
        done = await staff_actions.of_conversation(session, talk)
    assert [(one.kind, one.by, one.from_name or one.from_kind, one.to_name or one.to_kind) for one in done] == [
        ("queued", "bot", "bot", "queue"),
        ("taken", CLERK, "queue", CLERK),
        ("transferred", "班长", CLERK, "老王"),
        ("said", "老王", "老王", "老王"),
        ("given_back", "老王", "老王", "bot"),
    ]
    assert [one.note for one in done] == ["客户要找人", "", "下班", "", ""]


async def test_only_allowed_changes(stage: Stage) -> None:
    """Nobody takes a colleague's conversation, speaks in one that is not theirs, or gives back what the bot has."""
    await stage.post("你好")
    talk = await conversation_of(stage)
    staff = stage.services.staff
    with pytest.raises(OwnershipError, match="the bot owns"):
        await staff.give_back(talk, by=CLERK)
    with pytest.raises(OwnershipError, match="take it before you speak"):
        await staff.say(talk, "您好", by=CLERK)
    with pytest.raises(OwnershipError, match="cannot be a member of staff"):
        await staff.take(talk, by="bot")
    await staff.take(talk, by=CLERK)
    for change in (staff.take, staff.put_in_queue, staff.give_back, staff.end):
        with pytest.raises(OwnershipError, match=CLERK):
            await change(talk, by="老王")
    with pytest.raises(LookupError):
        await staff.take("nowhere", by=CLERK)


async def test_two_take_at_once(stage: Stage) -> None:
    """Of two who take a conversation in the same moment one has it, and the other is told who."""
    await stage.post("你好")
    talk = await conversation_of(stage)
    takes = [stage.services.staff.take(talk, by=name) for name in (CLERK, "老王")]
    results = await asyncio.gather(*takes, return_exceptions=True)
    assert sorted(isinstance(result, OwnershipError) for result in results) == [False, True]
    assert phrases(await stage.post("在吗")).count("system.handed_over") == 1


async def test_staffs_words_are_checked(stage: Stage) -> None:
    """What may not be said is refused with reason, and nothing of it is recorded."""
    await stage.post("你好")
    talk = await conversation_of(stage)
    await stage.services.staff.take(talk, by=CLERK)
    with pytest.raises(RefusedTextError) as refused:
        await stage.services.staff.say(talk, "这是全网最牛的", by=CLERK)
    assert refused.value.objections[0].reason
    with pytest.raises(RefusedTextError):
        await stage.services.staff.say(talk, " \u200b", by=CLERK)
    assert phrases(await stage.post("在吗")) == ["system.handed_over"]


async def test_buttons_die_and_live_again(stage: Stage) -> None:
    """Taking over ends the life of the bot's buttons; given back, those of its last question act again."""
    async with stage.chat() as chat:
        await chat.say("按钮")
        question = await chat.bubble()
        assert question["live"] == question["turn"]
        async with stage.database.session() as session:
            talk = str(await session.scalar(select(Conversation.id)))
        await stage.services.staff.take(talk, by=CLERK)
        assert (await chat.expect("message"))["live"] is None
        await stage.services.staff.say(talk, "您好，请讲。", by=CLERK)
        frame = await chat.expect("message")
        assert (frame["message"]["from"], frame["message"]["name"], frame["live"]) == ("staff", CLERK, None)
        await chat.send({"type": "button", "client_id": "b1", "message_id": question["id"], "payload": RETURN})
        await until(lambda: _is(stage, ("退货", "for_staff")))
        await stage.services.staff.give_back(talk, by=CLERK)
        assert (await chat.bubble())["live"] == question["turn"]
        await chat.send({"type": "button", "client_id": "b2", "message_id": question["id"], "payload": RETURN})
        assert (await chat.bubble())["phrase"] == "test.echo"
        assert stage.engine.asked[-1]["button"] is True


async def _is(stage: Stage, last: tuple[str, str]) -> bool:
    return (await states(stage))[-1] == last


async def test_open_question_is_asked_again(stage: Stage) -> None:
    """Given back while a journey waits, the bot asks its question again; both bubbles are the same turn."""
    stage.engine.waits_for = "wish"
    (*_, question) = await stage.post("按钮")
    assert question["buttons"]
    talk = await conversation_of(stage)
    await stage.services.staff.take(talk, by=CLERK)
    await stage.services.staff.give_back(talk, by=CLERK)
    stage.engine.waits_for = None
    *told, answer = await stage.post(RETURN)
    assert phrases(told) == ["system.handed_over", "system.given_back", "test.ask"]
    assert told[-1]["buttons"] == question["buttons"]
    assert phrases([answer]) == ["test.echo"], "the button acts"
    assert stage.engine.asked[-1]["button"] is True


async def test_takeover_in_the_middle_of_a_sentence(stage: Stage) -> None:
    """An answer that the engine gives after the takeover is not said; its question is asked when given back."""
    await stage.post("你好")
    talk = await conversation_of(stage)
    stage.engine.waits_for = "wish"
    stage.engine.reply = lambda body: [{"phrase": "test.echo", "variables": {"said": "知道了"}}, ask()]
    stage.engine.hold = asyncio.Event()
    call = asyncio.create_task(stage.post("我要退货"))
    await until(lambda: _asked(stage, 2))
    await stage.services.staff.take(talk, by=CLERK)
    stage.engine.hold.set()
    assert phrases(await call) == ["system.handed_over"]
    assert await states(stage) == [("你好", "answered"), ("我要退货", "withheld")]
    await stage.services.staff.give_back(talk, by=CLERK)
    told = await stage.post(RETURN)
    assert phrases(told)[:2] == ["system.given_back", "test.ask"], "the question, not the answer that came too late"
    assert stage.engine.asked[-1]["button"] is True, "its buttons act though they were never said before"
    assert stage.engine.processed == ["你好", "我要退货", RETURN]


async def _asked(stage: Stage, count: int) -> bool:
    return len(stage.engine.asked) >= count


async def test_takeover_in_an_outage(stage: Stage) -> None:
    """A message that waits for the engine becomes the clerk's, and no apology of the bot's follows."""
    await stage.post("你好")
    await stage.engine.stop()
    await stage.post("第一句")
    talk = await conversation_of(stage)
    await stage.services.staff.take(talk, by=CLERK)
    await until(lambda: _is(stage, ("第一句", "for_staff")))
    await stage.engine.start()
    assert stage.engine.processed == ["你好"]


async def test_listeners_are_told_of_messages_for_staff(stage: Stage) -> None:
    """Whoever listens to the customer learns that a message came for people, and that the owner changed."""
    await stage.post("你好")
    talk = await conversation_of(stage)
    async with stage.database.session() as session:
        customer = str(await session.scalar(select(Conversation.customer_id)))
    with stage.services.events.subscribe(customer) as events:
        await stage.services.staff.put_in_queue(talk, by=CLERK)
        assert await events.next() == {"kind": "new"}
        assert await events.next() == {"kind": "owner", "conversation": talk}
        await stage.post("有人吗")
        async with asyncio.timeout(5):
            event = await events.next()
        assert (event["kind"], event["conversation"]) == ("for_staff", talk)


async def test_two_gateways_with_redis(redis: Redis, tmp_path: Path, words: Path) -> None:
    """Taken over at one gateway: the page at the other sees it at once, and neither lets the bot answer."""
    one = Stage(tmp_path, words, redis_url=redis.url)
    await one.open()
    two = Stage(tmp_path, words, redis_url=redis.url)
    two.engine = one.engine
    await two.start()
    try:
        async with one.chat() as page:
            await page.say("按钮")
            await page.bubble()
            async with one.database.session() as session:
                talk = str(await session.scalar(select(Conversation.id)))
            await two.services.staff.take(talk, by=CLERK)
            async with asyncio.timeout(1):
                assert (await page.bubble())["phrase"] == "system.handed_over"
            await page.say("在吗")
            await two.services.staff.say(talk, "在的，您请讲。", by=CLERK)
            while (frame := await page.expect("message"))["message"]["from"] != "staff":
                pass
            assert frame["live"] is None
            await until(lambda: _is(one, ("在吗", "for_staff")))
            await two.services.staff.give_back(talk, by=CLERK)
            assert (await page.bubble())["phrase"] == "system.given_back"
            await page.say("谢谢")
            assert "谢谢" in (await page.bubble())["text"]
        assert one.engine.processed == ["按钮", "谢谢"]
    finally:
        await two.stop()
        await one.close()


async def test_what_another_process_does_reaches_open_pages(stage: Stage, words: Path) -> None:
    """Without Redis the gateway finds what staff did in another process within two seconds."""
    other = Stage(stage.folder, words, database_url=stage.url)
    other.engine = stage.engine
    await other.start()
    try:
        async with stage.chat() as page:
            async with stage.database.session() as session:
                talk = str(await session.scalar(select(Conversation.id)))
            await other.services.staff.take(talk, by=CLERK)
            async with asyncio.timeout(2):
                assert (await page.bubble())["phrase"] == "system.handed_over"
    finally:
        await other.stop()
