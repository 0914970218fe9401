"""What one address and all together may take: sessions, sockets, sentences; and what of it holds for others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.desk.models import Conversation
from tests.channels.web.test_lines import closed_with
from tests.support.stage import Chat, Stage, until

pytestmark = pytest.mark.asyncio

NOISY, QUIET = "198.51.100.7", "203.0.113.5"
Open = Callable[..., Awaitable[Stage]]


@pytest_asyncio.fixture
async def behind_proxy(tmp_path: Path, words: Path) -> AsyncIterator[Open]:
    """Return what starts a gateway behind a trusted proxy, with settings of its own."""
    async with AsyncExitStack() as stack:

        async def opened(**settings: Any) -> Stage:
            made = Stage(tmp_path, words, trusted_proxies="127.0.0.1", **settings)
            await made.open()
            stack.push_async_callback(made.close)
            return made

        yield opened


async def test_an_address_begins_so_many_sessions(behind_proxy: Open) -> None:
    """One more new visitor is refused with 429 and when to come again; another address, and who has one, are not."""
    stage = await behind_proxy(address_sessions=3)
    cookies = [await stage.cookie(NOISY) for _ in range(3)]
    refused = await stage.new_session(NOISY)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_sessions")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert (await stage.new_session(QUIET)).status_code == 200
    renewed = await stage.http.post(
        "/api/session", json={}, headers={"X-Forwarded-For": NOISY, "Cookie": f"liyan_visitor={cookies[0]}"}
    )
    assert renewed.status_code == 200


async def test_so_many_sessions_begin_in_all(behind_proxy: Open) -> None:
    """However many addresses come, new visitors in all are bounded."""
    stage = await behind_proxy(all_sessions=5)
    answers = [await stage.new_session(f"198.51.100.{host}") for host in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3


async def test_an_invented_address_does_not_help(tmp_path: Path, words: Path) -> None:
    """Where no proxy is trusted whoever writes another X-Forwarded-For each time stays one address."""
    stage = Stage(tmp_path, words, address_sessions=3)
    await stage.open()
    try:
        answers = [await stage.new_session(f"198.51.100.{host}") for host in range(5)]
        assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
    finally:
        await stage.close()


@pytest.mark.parametrize("setting", ["address_sockets", "all_sockets"])
async def test_so_many_sockets_are_open(behind_proxy: Open, setting: str) -> None:
    """One socket too many, silent ones counted, is closed with 4429; when one goes another may come."""
    stage = await behind_proxy(**{setting: 2})
    async with stage.chat(address=NOISY):
        async with stage.socket(address=NOISY), stage.socket(address=NOISY) as third:
            assert await closed_with(third) == 4429
        async with stage.chat(address=NOISY) as again:
            assert again.ready["type"] == "ready"


async def test_an_address_sends_so_many_sentences(behind_proxy: Open) -> None:
    """Many visitors of one address are slowed down together, politely; one of another address is not."""
    stage = await behind_proxy(address_messages=10)
    async with AsyncExitStack() as stack:
        noisy = [await stack.enter_async_context(stage.chat(address=NOISY)) for _ in range(3)]
        refused = [frame for chat in noisy for frame in await say_many(chat, 6) if frame["type"] == "refused"]
        assert {frame["reason"] for frame in refused} == {"slow_down"}
        assert len(refused) == 18 - 10 - 2, "the last visitor is heard twice whatever the others said"
        shown = await noisy[1].bubble()
        while shown["phrase"] != "system.slow_down":
            shown = await noisy[1].bubble()
        quiet = await stack.enter_async_context(stage.chat(address=QUIET))
        assert all(frame["type"] == "ack" for frame in await say_many(quiet, 6))


async def say_many(chat: Chat, times: int) -> list[dict[str, Any]]:
    """Send sentences and return what was answered to each: `ack` or `refused`."""
    for number in range(times):
        await chat.say(str(number))
    answers: list[dict[str, Any]] = []
    while len(answers) < times:
        frame = await chat.next()
        if frame["type"] in ("ack", "refused"):
            answers.append(frame)
    return answers


async def test_a_crowd_at_one_address_does_not_hold_up_another(behind_proxy: Open) -> None:
    """While many visitors of an address wait for the engine, one of another address is served at once."""
    stage = await behind_proxy()
    stage.engine.hold = asyncio.Event()
    async with AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(stage.chat(address=NOISY)) for _ in range(20)]
        for chat in crowd:
            await chat.say("我要退货")

        async def asked() -> bool:
            return len(stage.engine.asked) >= 2

        await until(asked)
        quiet = await stack.enter_async_context(stage.chat(address=QUIET))
        await quiet.say("在吗")

        async def quiet_asked() -> bool:
            return "在吗" in stage.engine.texts

        await until(quiet_asked)
        assert len(stage.engine.asked) == 3
        stage.engine.hold.set()
        for chat in (*crowd, quiet):
            while (await chat.bubble())["phrase"] != "test.echo":
                pass


async def test_no_address_is_recorded(behind_proxy: Open) -> None:
    """What the records hold of an address is a key, the same for its visitors, from which it cannot be read."""
    stage = await behind_proxy()
    for address in (NOISY, NOISY, QUIET):
        async with stage.chat(address=address) as chat:
            await chat.say("在吗")
            await chat.expect("ack")
    await stage.post("在吗", sender="王芳")
    async with stage.database.session() as session:
        kept = list(await session.scalars(select(Conversation.network_key).order_by(Conversation.created_at)))
    assert kept[0] == kept[1] != kept[2]
    assert kept[3] is None
    assert all(NOISY not in str(key) and len(str(key)) == 32 for key in kept[:3])


async def test_callers_of_the_webhook_wait_in_bounds(behind_proxy: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls of one sender that wait are bounded; another sender is served."""
    monkeypatch.setattr("bot.channels.rest.webhook.WAITING", 3)
    stage = await behind_proxy()
    stage.engine.hold = asyncio.Event()
    waiting = [asyncio.create_task(stage.post(str(number))) for number in range(3)]

    async def all_wait() -> bool:
        async with stage.database.session() as session:
            conversation = await session.scalar(select(Conversation.id))
        return conversation is not None and len(stage.services.turns.pending.awaited(conversation)) == 3

    await until(all_wait)
    refused = await stage.raw_post({"sender": "王芳", "message": "还在吗"})
    assert (refused.status_code, json.loads(refused.text)["error"]["code"]) == (429, "too_many_waiting")
    other = asyncio.create_task(stage.post("在吗", sender="李明"))
    stage.engine.hold.set()
    assert await other
    assert all(await asyncio.gather(*waiting))
