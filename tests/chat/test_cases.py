"""Conversations begin and end: after a silence or by staff; to the customer all of them are one talk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.desk.conversations.ownership import OwnershipError
from bot.desk.models import Conversation, Message
from bot.desk.tickets import tickets
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio

RETURN = '/inform{"wish":"return"}'


@pytest_asyncio.fixture
async def stage(either: Stage) -> AsyncIterator[Stage]:
    """Run these tests on both databases."""
    yield either


async def fall_silent(stage: Stage, hours: float = 13) -> None:
    """Let hours pass since the last word of every conversation."""
    async with stage.database.session() as session:
        for conversation in await session.scalars(select(Conversation)):
            conversation.last_at -= timedelta(hours=hours)


async def conversations(stage: Stage) -> list[Conversation]:
    """Return all conversations, the oldest first."""
    async with stage.database.session() as session:
        return list(await session.scalars(select(Conversation).order_by(Conversation.created_at)))


async def test_silence_ends_and_the_next_message_begins_another(stage: Stage) -> None:
    """After twelve silent hours the next message has a conversation, and so a tracker, of its own."""
    await stage.post("你好")
    await stage.post("在吗")
    await fall_silent(stage, hours=11)
    await stage.post("还在吗")
    await fall_silent(stage)
    bubbles = await stage.post("又来了")
    assert [bubble["custom"]["phrase"] for bubble in bubbles] == ["test.echo"], "welcomed once, not in each"
    senders = [body["sender"] for body in stage.engine.asked]
    assert senders[0] == senders[1] == senders[2] != senders[3]
    old, new = await conversations(stage)
    assert (old.ended_by, new.ended_at) == ("silence", None)
    assert [old.id, new.id] == [senders[0], senders[3]]


async def test_silent_conversations_end_without_a_message(stage: Stage) -> None:
    """The gateway ends them by itself and tells open pages that no button acts any more."""
    async with stage.chat() as chat:
        await chat.say("按钮")
        await chat.bubble()
        await fall_silent(stage)
        await stage.services.watch.end_silent()
        while (await chat.expect("live"))["live"] is not None:
            pass
        assert [one.ended_by for one in await conversations(stage)] == ["silence"]


async def test_what_people_own_or_what_waits_does_not_end(stage: Stage) -> None:
    """No silence ends a conversation that the queue or staff own, or in which a message waits for its answer."""
    for sender in ("甲", "乙", "丙"):
        await stage.post("你好", sender=sender)
    ids = {one.sender: one.id for one in await conversations(stage)}
    await stage.services.staff.put_in_queue(ids["甲"], by="小李")
    await stage.services.staff.take(ids["乙"], by="小李")
    await stage.engine.stop()
    await stage.post("我要退货", sender="丙")
    await fall_silent(stage)
    await stage.services.watch.end_silent()
    assert [one.ended_at for one in await conversations(stage)] == [None] * 3
    await stage.engine.start()


async def test_given_back_is_no_silence(stage: Stage) -> None:
    """The hours that staff kept a conversation do not count: the bot goes on in the same one."""
    await stage.post("你好")
    (talk,) = await conversations(stage)
    await stage.services.staff.take(talk.id, by="小李")
    await fall_silent(stage, hours=48)
    await stage.services.staff.give_back(talk.id, by="小李")
    await stage.post("谢谢")
    assert {body["sender"] for body in stage.engine.asked} == {talk.id}


async def test_staff_end_a_conversation(stage: Stage) -> None:
    """Ended by its owner: nothing changes it any more, and the next message is the bot's in a new one."""
    await stage.post("你好")
    (talk,) = await conversations(stage)
    await stage.services.staff.take(talk.id, by="小李")
    await stage.services.staff.end(talk.id, by="小李", note="已解决")
    with pytest.raises(OwnershipError, match="has ended"):
        await stage.services.staff.take(talk.id, by="小李")
    bubbles = await stage.post("又有一件事")
    assert [bubble["custom"]["phrase"] for bubble in bubbles] == ["system.handed_over", "test.echo"]
    old, new = await conversations(stage)
    assert (old.ended_by, new.owner_kind) == ("小李", "bot")


async def test_no_end_while_a_message_waits(stage: Stage) -> None:
    """A message that waits for its answer gets it before its conversation may end."""
    await stage.post("你好")
    await stage.engine.stop()
    await stage.post("我要退货")
    (talk,) = await conversations(stage)
    with pytest.raises(OwnershipError, match="waits"):
        await stage.services.staff.end(talk.id, by="小李")
    await stage.engine.start()


async def test_history_is_one_talk(stage: Stage) -> None:
    """Places go on across conversations: a page gets, pages back and counts all that was ever said."""
    async with stage.chat() as chat:
        cookie = chat.cookie
        await chat.say("第一次")
        seq = (await chat.bubble())["seq"]
    await fall_silent(stage)
    async with stage.chat(cookie, after=seq) as chat:
        await chat.say("第二次")
        assert (await chat.bubble())["seq"] == seq + 2
        await chat.send({"type": "read", "seq": seq + 1})
        assert (await chat.expect("read"))["unread"] == 1
    assert len(await conversations(stage)) == 2
    async with stage.chat(cookie) as chat:
        assert [message["seq"] for message in chat.ready["messages"]] == list(range(1, seq + 3))
        assert chat.ready["unread"] == 1
    headers = {"Cookie": f"liyan_visitor={cookie}"}
    page = (await stage.http.get("/api/history", params={"before": seq + 1, "limit": 2}, headers=headers)).json()
    assert [message["seq"] for message in page["messages"]] == [seq - 1, seq]


async def test_two_tabs_across_the_end(stage: Stage) -> None:
    """A tab that was open all along sees what the other says in the new conversation."""
    async with stage.chat() as here, stage.chat(here.cookie) as there:
        await here.say("第一次")
        await there.bubble()
        await fall_silent(stage)
        await here.say("第二次")
        assert "第二次" in (await there.bubble())["text"]


async def test_buttons_of_an_ended_conversation_are_expired(stage: Stage) -> None:
    """A button of before the end is told to have expired, by frame and as a payload over REST."""
    await stage.post("按钮")
    async with stage.chat() as chat:
        await chat.say("按钮")
        question = await chat.bubble()
        await fall_silent(stage)
        assert (await stage.post(RETURN))[-1]["custom"]["phrase"] == "system.button_expired"
        await chat.send({"type": "button", "client_id": "b", "message_id": question["id"], "payload": RETURN})
        assert (await chat.bubble())["phrase"] == "system.button_expired"
    async with stage.chat(chat.cookie) as again:
        assert again.ready["live"] is None


async def test_same_message_after_the_end_is_the_same(stage: Stage) -> None:
    """A message id sent again after its conversation ended gets its answer of then, and begins nothing."""
    first = await stage.post("你好", message_id="m")
    await fall_silent(stage)
    assert await stage.post("你好", message_id="m") == first
    assert len(await conversations(stage)) == 1


async def test_late_answers_cross_the_end(stage: Stage) -> None:
    """What a REST caller was not handed before the end heads the list of the next call."""
    await stage.post("你好")
    (talk,) = await conversations(stage)
    await stage.services.staff.take(talk.id, by="小李")
    await stage.services.staff.say(talk.id, "您好，已经为您查到了。", by="小李")
    await stage.services.staff.end(talk.id, by="小李")
    texts = [bubble["text"] for bubble in await stage.post("谢谢")]
    assert texts[1] == "您好，已经为您查到了。"


async def test_first_messages_after_the_end_at_once(stage: Stage) -> None:
    """Five messages in the moment after the end begin one conversation, each with its place."""
    await stage.post("你好")
    await fall_silent(stage)
    await asyncio.gather(*(stage.post(f"第{number}句") for number in range(5)))
    assert len(await conversations(stage)) == 2
    async with stage.database.session() as session:
        places = list(await session.scalars(select(Message.seq).order_by(Message.seq)))
    assert places == list(range(1, len(places) + 1))


async def test_visitor_who_is_back_is_greeted_with_their_ticket(stage: Stage) -> None:
    """The greeting of a new conversation knows the ticket of an earlier one."""
    async with stage.chat() as chat:
        cookie = chat.cookie
    await _open_ticket(stage)
    await fall_silent(stage)
    async with stage.chat(cookie) as again:
        assert again.ready["messages"][-1]["phrase"] == "welcome.back"
    old, new = await conversations(stage)
    assert (old.ended_by, new.ended_at) == ("silence", None)


async def _open_ticket(stage: Stage) -> None:
    (talk,) = await conversations(stage)
    async with stage.database.session() as session:
        await tickets.open_ticket(
            session, key="k", kind="callback", conversation_id=talk.id, channel=talk.channel, sender=talk.sender,
            fields={"what": "回电"}, now=talk.last_at, why="test",
        )  # fmt: skip
