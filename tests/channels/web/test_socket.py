"""The chat's web socket."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.desk.models import Conversation, Message, Ticket
from tests.support.engine import ask
from tests.support.stage import Chat, Stage, until

pytestmark = pytest.mark.asyncio

RETURN = '/inform{"wish":"return"}'


async def test_opening_the_chat_greets(stage: Stage) -> None:
    """The first `ready` holds the recorded welcome, unread."""
    async with stage.chat() as chat:
        (welcome,) = chat.ready["messages"]
        assert welcome["phrase"] == "welcome.first"
        assert welcome["from"] == "bot"
        assert chat.ready["unread"] == 1
        assert chat.ready["limits"] == {"text": 2000, "messages": 20, "seconds": 10}


async def test_a_sentence_is_acknowledged_told_and_answered(stage: Stage) -> None:
    """A sentence gets its ack, comes back as a message, shows typing, and is answered."""
    async with stage.chat() as chat:
        client_id = await chat.say("你好")
        frames = [await chat.next() for _ in range(5)]
        kinds = [frame["type"] for frame in frames]
        assert kinds[0] == "ack"
        assert frames[0]["client_id"] == client_id
        assert sorted(kinds[1:]) == ["message", "message", "typing", "typing"]
        own, answer = [frame["message"] for frame in frames if frame["type"] == "message"]
        assert (own["from"], own["client_id"], own["text"]) == ("customer", client_id, "你好")
        assert (answer["seq"], answer["turn"]) == (own["seq"] + 1, own["id"])
        assert [frame["on"] for frame in frames if frame["type"] == "typing"] == [True, False]


async def test_same_client_id_is_one_sentence(stage: Stage) -> None:
    """A sentence sent again after a lost ack is acknowledged as the first one and not answered twice."""
    async with stage.chat() as chat:
        await chat.say("你好", "one")
        first = await chat.expect("ack")
        await chat.bubble()
        await chat.say("你好", "one")
        second = await chat.expect("ack")
        assert (second["id"], second["seq"]) == (first["id"], first["seq"])
        assert second["duplicate"] is True
        assert stage.engine.texts == ["你好"]


async def test_history_is_the_servers(stage: Stage) -> None:
    """A reloaded page is given what was said; nobody is greeted twice."""
    async with stage.chat() as chat:
        await chat.say("你好")
        await chat.bubble()
        cookie = chat.cookie
    async with stage.chat(cookie) as again:
        assert [message["from"] for message in again.ready["messages"]] == ["bot", "customer", "bot"]
        assert again.ready["reset"] is True
        assert again.ready["more"] is False


async def test_reconnect_gets_only_what_was_missed(stage: Stage) -> None:
    """With `after`, `ready` appends what came meanwhile."""
    async with stage.chat() as chat:
        await chat.say("你好")
        seq = (await chat.bubble())["seq"]
    async with stage.chat(chat.cookie) as other:
        await other.say("在吗")
        await other.bubble()
    async with stage.chat(chat.cookie, after=seq) as again:
        assert again.ready["reset"] is False
        assert [message["seq"] for message in again.ready["messages"]] == [seq + 1, seq + 2]


async def test_place_that_never_was_begins_anew(stage: Stage) -> None:
    """A page that holds more than the records do is told to draw itself again."""
    async with stage.chat(after=999) as chat:
        assert chat.ready["reset"] is True


async def test_long_absence_begins_anew(stage: Stage) -> None:
    """Who missed more than 200 sentences gets the newest fifty and the rest by history."""
    async with stage.chat() as chat:
        cookie = chat.cookie
    async with stage.database.session() as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        for seq in range(2, 260):
            session.add(
                Message(
                    id=f"{seq:032}",
                    conversation_id=conversation.id,
                    customer_id=conversation.customer_id,
                    seq=seq,
                    direction="in",
                    author="customer",
                    text=str(seq),
                    at=conversation.last_at,
                    state="answered",
                )
            )
    async with stage.chat(cookie, after=1) as chat:
        assert chat.ready["reset"] is True
        assert chat.ready["more"] is True
        assert [message["seq"] for message in chat.ready["messages"]] == list(range(210, 260))


async def test_two_tabs_see_the_same(stage: Stage) -> None:
    """What is said in one tab appears in the other, answer included."""
    async with stage.chat() as one, stage.chat(one.cookie) as two:
        client_id = await one.say("你好")
        own = await two.expect("message")
        assert own["message"]["client_id"] == client_id
        assert "你好" in (await two.bubble())["text"]


async def test_reading_is_told_to_all_tabs(stage: Stage) -> None:
    """`read` clears the unread count, in the other tab and after a reload too."""
    async with stage.chat() as one, stage.chat(one.cookie) as two:
        assert two.ready["unread"] == 1
        await one.send({"type": "read", "seq": 1})
        assert await two.expect("read") == {"type": "read", "seq": 1, "unread": 0}
    async with stage.chat(one.cookie) as again:
        assert (again.ready["unread"], again.ready["read_seq"]) == (0, 1)


async def test_delivered_when_the_page_has_it_and_read_when_seen(stage: Stage) -> None:
    """A sentence is queued until a page was sent it, then delivered; that it was read is told beside that."""
    async with stage.chat() as chat:
        await until(lambda: _states_are(stage, [("delivered", False)]))
        await chat.send({"type": "read", "seq": 1})
        await until(lambda: _states_are(stage, [("delivered", True)]))
        stage.engine.hold = asyncio.Event()
        await chat.say("你好")
        await chat.expect("typing")
    stage.engine.hold.set()
    await until(lambda: _states_are(stage, [("delivered", True), ("queued", False)]))
    async with stage.chat(chat.cookie):
        await until(lambda: _states_are(stage, [("delivered", True), ("delivered", False)]))


async def _states_are(stage: Stage, wanted: list[tuple[str, bool]]) -> bool:
    async with stage.database.session() as session:
        said = await session.scalars(select(Message).where(Message.direction == "out").order_by(Message.seq))
        return [(row.state, row.read_at is not None) for row in said] == wanted


async def press(chat: Chat, bubble: dict[str, Any], payload: str = RETURN) -> None:
    """Press a button."""
    frame = {"type": "button", "client_id": f"p{bubble['seq']}{len(payload)}", "message_id": bubble["id"]}
    await chat.send(frame | {"payload": payload})


async def test_button_acts_and_is_shown_by_its_title(stage: Stage) -> None:
    """A live button reaches the engine as a command; the page sees the button's title as the sentence."""
    async with stage.chat() as chat:
        await chat.say("按钮")
        bubble = await chat.bubble()
        assert bubble["live"] == bubble["turn"]
        await press(chat, bubble)
        await chat.expect("ack")
        own = await chat.expect("message")
        assert own["message"]["text"] == "退货"
        await chat.bubble()
        assert (stage.engine.asked[-1]["text"], stage.engine.asked[-1]["button"]) == (RETURN, True)


async def test_older_button_is_expired(stage: Stage) -> None:
    """After another turn the button is answered with the approved notice and the engine is not asked."""
    async with stage.chat() as chat:
        await chat.say("按钮")
        bubble = await chat.bubble()
        await chat.say("算了")
        assert (await chat.bubble())["live"] != bubble["turn"]
        await press(chat, bubble)
        assert (await chat.bubble())["phrase"] == "system.button_expired"
        assert RETURN not in stage.engine.texts


async def test_older_button_with_a_living_payload_is_expired(stage: Stage) -> None:
    """The same payload in a new turn does not revive the old bubble: it meant something else."""
    async with stage.chat() as chat:
        await chat.say("按钮")
        old = await chat.bubble()
        await chat.say("按钮")
        new = await chat.bubble()
        await press(chat, old)
        assert (await chat.bubble())["phrase"] == "system.button_expired"
        await press(chat, new)
        assert (await chat.bubble())["phrase"] == "test.echo"


async def test_double_press_acts_once(stage: Stage) -> None:
    """Two presses of a turn's buttons: the second comes after the bot's next turn and is expired."""
    async with stage.chat() as chat:
        await chat.say("按钮")
        bubble = await chat.bubble()
        await press(chat, bubble)
        await press(chat, bubble, '/inform{"wish":"exchange"}')
        assert (await chat.bubble())["phrase"] == "test.echo"
        assert (await chat.bubble())["phrase"] == "system.button_expired"


async def test_typed_payload_is_plain_text_in_the_chat(stage: Stage) -> None:
    """A customer who types a command gets no command: only REST callers press by payload."""
    async with stage.chat() as chat:
        await chat.say("按钮")
        await chat.bubble()
        for text in (RETURN, "\u3000/restart"):
            await chat.say(text)
            await chat.bubble()
            assert (stage.engine.asked[-1]["text"], stage.engine.asked[-1]["button"]) == (text, False)


async def test_slot_acts_as_a_button(stage: Stage) -> None:
    """A slot of a card carries a payload that acts, and is shown as its span of time."""
    slot = {"start": "2026-11-23T10:00:00+08:00", "end": "2026-11-23T12:00:00+08:00", "payload": "/inform{}"}
    stage.engine.reply = lambda _: [ask(custom={"kind": "slots", "slots": [slot]})]
    async with stage.chat() as chat:
        await chat.say("预约")
        bubble = await chat.bubble()
        assert bubble["custom"]["slots"] == [slot]
        await press(chat, bubble, "/inform{}")
        await chat.expect("ack")
        assert (await chat.expect("message"))["message"]["text"] == "11月23日（周一）上午10点—中午12点"
        await chat.bubble()
        assert stage.engine.asked[-1]["button"] is True


@pytest.mark.parametrize("message_id", ["0" * 32, "x"])
async def test_button_that_nobody_offered_is_refused(stage: Stage, message_id: str) -> None:
    """A payload that no bubble of this conversation holds is a faulty frame; nothing is recorded."""
    async with stage.chat() as chat:
        await chat.say("按钮")
        bubble = await chat.bubble()
        await press(chat, bubble, "/affirm")
        assert (await chat.expect("refused"))["reason"] == "bad_frame"
        await press(chat, bubble | {"id": message_id})
        assert (await chat.expect("refused"))["reason"] == "bad_frame"
        assert len(stage.engine.asked) == 1


async def test_button_of_another_visitor_is_refused(stage: Stage) -> None:
    """Another visitor's bubble is none of ours."""
    async with stage.chat() as one, stage.chat() as two:
        await one.say("按钮")
        bubble = await one.bubble()
        await press(two, bubble)
        assert (await two.expect("refused"))["reason"] == "bad_frame"


async def test_too_long_and_empty_sentences(stage: Stage) -> None:
    """The limits hold in the chat as well, each with its approved phrase."""
    async with stage.chat() as chat:
        await chat.say("长" * 10_000)
        assert (await chat.bubble())["phrase"] == "system.too_long"
        await chat.say(" \u3000 ")
        assert (await chat.bubble())["phrase"] == "system.empty"
        assert stage.engine.asked == []


async def test_returning_visitor_with_an_open_ticket(stage: Stage) -> None:
    """Who comes back after a while is greeted with the number of the open ticket, once."""
    async with stage.chat() as chat:
        cookie = chat.cookie
    async with stage.database.session() as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        then = conversation.last_at - timedelta(days=1)
        session.add(
            Ticket(
                number="T261121-00017",
                key="k",
                kind="complaint",
                state="accepted",
                weight="general",
                channel="web",
                sender=conversation.sender,
                conversation_id=conversation.id,
                fields={},
                created_at=then,
            )
        )
        await session.execute(update(Conversation).values(last_at=then))
    async with stage.chat(cookie) as back:
        assert back.ready["messages"][-1]["phrase"] == "welcome.back"
        assert "T261121-00017" in back.ready["messages"][-1]["text"]
    async with stage.chat(cookie) as again:
        assert [message["phrase"] for message in again.ready["messages"]].count("welcome.back") == 1


async def test_outage_and_late_answer_are_pushed(stage: Stage) -> None:
    """Engine down: the apology comes at once, the answer by itself when the engine is back."""
    async with stage.chat() as chat:
        await stage.engine.stop()
        await chat.say("我要退货")
        assert (await chat.bubble())["phrase"] == "system.outage"
        await stage.engine.start()
        assert "我要退货" in (await chat.bubble())["text"]
