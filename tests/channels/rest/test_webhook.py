"""The REST webhook."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.desk.models import Message
from tests.support.engine import ask
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio

RETURN = '/inform{"wish":"return"}'


async def test_first_answer_is_headed_by_the_welcome(stage: Stage) -> None:
    """The first POST of a sender gets the welcome, which says robot, record and person, then the answer."""
    welcome, answer = await stage.post("你好")
    assert welcome["custom"]["phrase"] == "welcome.first"
    assert all(word in welcome["text"] for word in ("机器人", "记录", "转人工"))
    assert answer["recipient_id"] == "王芳"
    assert answer["custom"] == {"phrase": "test.echo", "version": 3}
    assert "“你好”" in answer["text"]


async def test_welcome_is_said_once(stage: Stage) -> None:
    """The second POST gets the answer alone."""
    await stage.post("你好")
    assert len(await stage.post("在吗")) == 1


async def test_engine_is_told_when_and_where_the_message_came_in(stage: Stage) -> None:
    """The engine gets the conversation, channel, sender and the moment the message was received."""
    await stage.post("你好")
    asked = stage.engine.asked[0]
    assert asked["button"] is False
    assert asked["metadata"]["channel"] == "rest"
    assert asked["metadata"]["sender"] == "王芳"
    assert "T" in asked["metadata"]["received_at"]
    assert asked["sender"] != "王芳"


async def test_off_without_a_token(stage: Stage) -> None:
    """Without LIYAN_API_TOKEN the webhook does not exist, whatever is sent."""
    stage.services.settings.api_token = None
    response = await stage.raw_post(b"no json")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("token", ["wrong", "test-token2", "ümlaut".encode().decode("latin-1")])
async def test_wrong_token_is_refused_before_the_body_is_read(stage: Stage, token: str) -> None:
    """A wrong token is 401 even when the body is nonsense."""
    headers = [(b"Authorization", f"Bearer {token}".encode("latin-1"))]
    response = await stage.http.post("/webhooks/rest/webhook", content=b"{", headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "JSON"),
        (b"\xff\xfe", "JSON"),
        (b"[" * 100_000, "JSON"),
        ([], "dict"),
        ({}, "sender"),
        ({"sender": "a"}, "message"),
        ({"sender": "", "message": "您好"}, "sender"),
        ({"sender": "\u200b", "message": "您好"}, "sender"),
        ({"sender": "a" * 201, "message": "您好"}, "sender"),
        ({"sender": 5, "message": "您好"}, "sender"),
        ({"sender": "a", "message": None}, "message"),
        ({"sender": "a", "message": "您好", "message_id": ""}, "message_id"),
        ({"sender": "a", "message": "您好", "metadata": "x"}, "metadata"),
    ],
)
async def test_faulty_body_is_explained(stage: Stage, body: Any, field: str) -> None:
    """A wrong body is 422 and names the field."""
    response = await stage.raw_post(body)
    assert response.status_code == 422
    assert field.lower() in response.json()["error"]["message"].lower() or field == "dict"


async def test_too_large_a_body_is_refused(stage: Stage) -> None:
    """More than 256 KiB is 413."""
    response = await stage.raw_post({"sender": "a", "message": "长" * 300_000})
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "too_large"


async def test_same_message_id_gets_the_recorded_answer_again(stage: Stage) -> None:
    """A repeated POST is answered from the records; nothing is done twice."""
    await stage.post("你好")
    first = await stage.post("我要退货", message_id="m-1")
    again = await stage.post("我要退货", message_id="m-1")
    inner = await stage.post("我要退货", metadata={"message_id": "m-1"})
    assert first == again == inner
    assert stage.engine.texts.count("我要退货") == 1


async def test_button_by_its_payload(stage: Stage) -> None:
    """A message that equals a payload of the last turn's buttons acts as that button."""
    *_, bubble = await stage.post("按钮")
    assert bubble["buttons"][0] == {"title": "退货", "payload": RETURN}
    await stage.post(RETURN)
    assert stage.engine.asked[-1]["text"] == RETURN
    assert stage.engine.asked[-1]["button"] is True


async def test_payload_of_an_older_turn_has_expired(stage: Stage) -> None:
    """Once the bot has taken another turn, its earlier buttons are said to act no more, and nothing is done."""
    await stage.post("按钮")
    await stage.post("算了")
    (notice,) = await stage.post(RETURN)
    assert notice["custom"]["phrase"] == "system.button_expired"
    assert [asked["text"] for asked in stage.engine.asked] == ["按钮", "算了"]


async def test_payload_that_was_never_offered_is_plain_text(stage: Stage) -> None:
    """A payload that no button of the conversation carried is text like any other."""
    await stage.post("按钮")
    await stage.post('/inform{"wish":"refund"}')
    assert stage.engine.asked[-1]["button"] is False


@pytest.mark.parametrize("text", ["/greet", "\u3000/greet", "\u2003 /greet", RETURN, "/restart", "／greet"])
async def test_slash_is_plain_text(stage: Stage, text: str) -> None:
    """Text that looks like a command is handed on as text, Unicode blanks before it included."""
    await stage.post(text)
    assert stage.engine.asked[-1]["text"] == text
    assert stage.engine.asked[-1]["button"] is False


async def test_notice_leaves_the_buttons_alive(stage: Stage) -> None:
    """A notice of the gateway is no turn: the buttons before it still act."""
    await stage.post("按钮")
    notice = await stage.post("   ")
    assert notice[0]["custom"]["phrase"] == "system.empty"
    await stage.post(RETURN)
    assert stage.engine.asked[-1]["button"] is True


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u3000", "\u200b\u200d", "\x00\x01\x1b", "\u3164", "\ufe0f"])
async def test_nothing_said(stage: Stage, text: str) -> None:
    """Empty, blank and invisible texts are answered with an approved phrase and never reach the engine."""
    *_, notice = await stage.post(text)
    assert notice["custom"]["phrase"] == "system.empty"
    assert stage.engine.asked == []


async def test_too_long_a_text(stage: Stage) -> None:
    """2,000 characters pass; one more is answered politely, recorded and kept from the engine."""
    await stage.post("长" * 2000)
    (notice,) = await stage.post("长" * 2001)
    assert notice["custom"]["phrase"] == "system.too_long"
    assert "2000" in notice["text"]
    assert len(stage.engine.asked) == 1
    assert len((await stage.post("长" * 10_000))[0]["text"]) < 200
    assert (await stage.post("/" + "长" * 2000))[0]["custom"]["phrase"] == "system.too_long"
    assert (await stage.post(" " * 2000 + "退货"))[0]["custom"]["phrase"] == "system.too_long"


async def test_of_an_overlong_text_the_beginning_is_kept(stage: Stage) -> None:
    """What is recorded of 40,000 characters is the first 2,000 and their number."""
    await stage.post("前" * 2000 + "后" * 38_000)
    async with stage.database.session() as session:
        kept = (await session.scalars(select(Message).where(Message.direction == "in"))).one()
    assert (kept.text, kept.length) == ("前" * 2000, 40_000)


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "😀" * 50, "a\x00b", "\u202eabc", "é" * 10, "' OR 1=1 --", "{shop}", "%s"]
)
async def test_odd_texts_are_answered(stage: Stage, text: str) -> None:
    """HTML, emoji, control characters, reversed text and braces get an approved answer."""
    *_, answer = await stage.post(text)
    assert answer["custom"]["phrase"] in ("test.echo", "safe.generic")
    assert "<" not in answer["text"]


async def test_custom_carries_ticket_and_card(stage: Stage) -> None:
    """`custom` holds phrase, version, the ticket's number and what the bubble draws."""
    stage.engine.reply = lambda _: [ask(ticket="T261122-00173", custom={"kind": "rating"})]
    *_, bubble = await stage.post("评价")
    assert bubble["custom"] == {"phrase": "test.ask", "version": 1, "ticket": "T261122-00173", "kind": "rating"}


async def test_no_variant_repeats_before_the_others_were_used(stage: Stage) -> None:
    """Three variants are said in turn, and the fourth answer is the first one again."""
    heads = []
    for _ in range(6):
        *_, answer = await stage.post("好")
        heads.append(answer["text"].partition("“")[0])
    assert len(set(heads[:3])) == 3
    assert heads[:3] == heads[3:]
