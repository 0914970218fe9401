"""The chat's web socket: who gets in, faulty frames, limits, records gone."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import websockets
from sqlalchemy import text

from bot.channels.web.visitor_tokens import VisitorTokens
from tests.support.stage import SHOP, Stage

pytestmark = pytest.mark.asyncio


async def closed_with(line: Any) -> int:
    """Return the code with which the server closes the line."""
    with pytest.raises(websockets.ConnectionClosed) as closing:
        async with asyncio.timeout(5):
            while True:
                await line.recv()
    received = closing.value.rcvd
    assert received is not None
    return int(received.code)


async def test_too_many_sentences_are_slowed_down_politely_once(stage: Stage) -> None:
    """The 21st sentence in ten seconds is refused; one approved bubble says so, and only one."""
    async with stage.chat() as chat:
        for number in range(24):
            await chat.say(str(number))
        refused: list[dict[str, Any]] = []
        slow = 0
        while len(refused) < 4:
            frame = await chat.next()
            if frame["type"] == "refused":
                refused.append(frame)
            elif frame["type"] == "message":
                slow += frame["message"]["phrase"] == "system.slow_down"
        assert {frame["reason"] for frame in refused} == {"slow_down"}
        assert 0 < refused[0]["retry_after"] <= 10
        assert slow <= 1
    async with stage.chat(chat.cookie) as again:
        shown = [message["phrase"] for message in again.ready["messages"]]
        assert shown.count("system.slow_down") == 1


@pytest.mark.parametrize("cookie", [None, "", "forged", "ImZvcmdlZCI.aR8.c2lnbmF0dXJl"])
async def test_no_or_forged_session(stage: Stage, cookie: str | None) -> None:
    """Without a session signed by us nobody gets in."""
    async with stage.socket(cookie=cookie) as line:
        await line.send(json.dumps({"type": "hello"}))
        assert await closed_with(line) == 4401


async def test_session_signed_with_another_key(stage: Stage) -> None:
    """A session of another installation is a forgery here, though it names a real visitor."""
    real = await stage.cookie()
    visitor = stage.web.tokens.read(real)
    assert visitor is not None
    async with stage.socket(cookie=VisitorTokens("y" * 40).sign(visitor)) as line:
        await line.send(json.dumps({"type": "hello"}))
        assert await closed_with(line) == 4401


async def test_foreign_page_gets_nothing(stage: Stage) -> None:
    """A page of another origin is refused, cookie or not."""
    async with stage.socket(cookie=await stage.cookie(), origin="https://evil.example") as line:
        assert await closed_with(line) == 4403


async def test_embedding_page_needs_its_token(stage: Stage) -> None:
    """An allowed shop's page speaks with a token; the cookie does not count there."""
    answer = await stage.http.post("/api/session", json={}, headers={"Origin": SHOP})
    token = answer.json()["token"]
    async with stage.socket(cookie=await stage.cookie(), origin=SHOP) as line:
        await line.send(json.dumps({"type": "hello"}))
        assert await closed_with(line) == 4401
    async with stage.socket(origin=SHOP) as line:
        await line.send(json.dumps({"type": "hello", "token": token}))
        assert json.loads(await line.recv())["type"] == "ready"


@pytest.mark.parametrize(
    "frame", ["", "nonsense", "[]", '"hello"', "{}", '{"type":"ping"}', '{"type":"hello","after":-1}', "[" * 50_000]
)
async def test_first_frame_must_be_hello(stage: Stage, frame: str) -> None:
    """Anything else closes the line with 4400."""
    async with stage.socket(cookie=await stage.cookie()) as line:
        await line.send(frame)
        assert await closed_with(line) == 4400


async def test_bytes_are_no_frames(stage: Stage) -> None:
    """Binary frames close the line."""
    async with stage.socket(cookie=await stage.cookie()) as line:
        await line.send(b"\x00")
        assert await closed_with(line) == 4400


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        ("nonsense", {"type": "error", "code": "bad_frame"}),
        ('{"type":"dance"}', {"type": "error", "code": "bad_frame"}),
        ('{"type":"message","text":"您好"}', {"type": "error", "code": "bad_frame"}),
        ('{"type":"message","client_id":"a b","text":"您好"}', {"type": "refused", "reason": "bad_frame"}),
        ('{"type":"message","client_id":"a","text":5}', {"type": "refused", "reason": "bad_frame", "client_id": "a"}),
        ('{"type":"read","seq":99999999999}', {"type": "error", "code": "bad_frame"}),
    ],
)
async def test_faulty_frame_is_told_and_survived(stage: Stage, frame: str, answer: dict[str, Any]) -> None:
    """A frame that cannot be understood is answered, and the line lives on."""
    async with stage.chat() as chat:
        await chat.line.send(frame)
        got = await chat.next()
        assert {key: got.get(key) for key in answer} == answer
        await chat.send({"type": "ping"})
        assert await chat.next() == {"type": "pong"}


async def test_too_big_a_frame(stage: Stage) -> None:
    """A frame of more than 128 KiB closes the line with 1009."""
    async with stage.chat() as chat:
        await chat.say("长" * 100_000)
        assert await closed_with(chat.line) == 1009


async def test_flood_of_frames_cuts_the_line(stage: Stage) -> None:
    """Far too many frames of any kind close the line with 4429."""
    async with stage.chat() as chat:
        for _ in range(200):
            await chat.send({"type": "ping"})
        assert await closed_with(chat.line) == 4429


async def test_too_many_open_lines(stage: Stage) -> None:
    """The seventeenth open page of one visitor is refused, another visitor's is not."""
    cookie = await stage.cookie()
    stage.web.pages.limit = 2
    async with stage.chat(cookie), stage.chat(cookie):
        async with stage.socket(cookie=cookie) as line:
            await line.send(json.dumps({"type": "hello"}))
            assert await closed_with(line) == 4429
        async with stage.chat() as other:
            assert other.ready["messages"]
    async with stage.chat(cookie) as free:
        assert free.ready["type"] == "ready"


async def test_records_gone(stage: Stage) -> None:
    """Without the records a sentence is refused as unavailable, not acknowledged, and sent again later."""
    async with stage.chat() as chat:
        await chat.say("在吗")
        while (await chat.expect("typing"))["on"]:
            pass  # until everything that happened was told, so that nothing is read while the records are gone
        await _rename(stage, "messages", "away")
        client_id = await chat.say("你好")
        refused = await chat.expect("refused")
        assert (refused["client_id"], refused["reason"]) == (client_id, "unavailable")
        await _rename(stage, "away", "messages")
        await chat.say("你好", client_id)
        assert "你好" in (await chat.bubble())["text"]


async def _rename(stage: Stage, old: str, new: str) -> None:
    async with stage.database.session() as session:
        await session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
