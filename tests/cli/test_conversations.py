"""`liyan conversations`: the door for members of staff, beside a running gateway."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot.cli.app import app
from bot.desk.models import Conversation
from bot.settings import ROOT, settings
from tests.support.gateway import copy_words
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio

Run = Callable[..., Awaitable[Result]]
CLERK = ("--by", "小李")


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Return the folder of a small phrasebook."""
    return copy_words(tmp_path)


@pytest_asyncio.fixture
async def stage(tmp_path: Path, words: Path) -> AsyncIterator[Stage]:
    """Yield a running gateway."""
    made = Stage(tmp_path, words)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def liyan(stage: Stage, words: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Return a call of `liyan conversations` on the gateway's records, with parts of its own."""
    monkeypatch.setenv("LIYAN_VAR", str(stage.folder))
    monkeypatch.setenv("LIYAN_PHRASEBOOK", str(words))
    monkeypatch.delenv("LIYAN_DATABASE_URL", raising=False)
    monkeypatch.delenv("LIYAN_REDIS_URL", raising=False)
    settings.cache_clear()

    async def run(*arguments: str, code: int = 0) -> Result:
        # In a thread: the gateway of the test goes on meanwhile.
        call = functools.partial(CliRunner().invoke, app, ["conversations", *arguments], env={"COLUMNS": "200"})
        result = await asyncio.to_thread(call)
        assert result.exit_code == code, result.output
        return result

    yield run
    settings.cache_clear()


async def conversation_of(stage: Stage) -> str:
    """Return the id of the only conversation."""
    async with stage.database.reading() as session:
        return str(await session.scalar(select(Conversation.id)))


async def test_a_talk_with_a_member_of_staff(stage: Stage, liyan: Run) -> None:
    """Taken, spoken in, given back, ended: an open page sees each within two seconds, without Redis."""
    async with stage.chat() as page:
        await page.say("按钮")
        question = await page.bubble()
        talk = await conversation_of(stage)
        assert f"{talk}: owner 小李" in (await liyan("take", talk, *CLERK, "--note", "客户要找人")).output
        async with asyncio.timeout(2):
            assert (await page.bubble())["phrase"] == "system.handed_over"
        await liyan("say", talk, "您好，请问有什么可以帮您？", *CLERK)
        async with asyncio.timeout(2):
            while (frame := await page.expect("message"))["message"]["from"] != "staff":
                pass
        assert frame["message"]["name"] == "小李"
        assert f"{talk}: owner bot" in (await liyan("give-back", talk, *CLERK)).output
        async with asyncio.timeout(2):
            assert (await page.bubble())["live"] == question["turn"]
        assert f"{talk}: ended" in (await liyan("end", talk, *CLERK)).output
        async with asyncio.timeout(2):
            while (await page.expect("live"))["live"] is not None:
                pass
    told = (await liyan("owner", talk)).output
    kinds = ("taken, bot → 小李 客户要找人", "said", "given_back, 小李 → bot", "ended")
    assert [kind in line for kind, line in zip(kinds, told.splitlines()[1:], strict=True)] == [True] * 4
    assert "by 小李" in told.splitlines()[0]


async def test_in_a_process_of_its_own(stage: Stage, words: Path) -> None:
    """The command as an operator calls it: the customer is told, and the gateway's bot is silent."""
    await stage.post("你好")
    env = {**os.environ, "LIYAN_VAR": str(stage.folder), "LIYAN_PHRASEBOOK": str(words), "LIYAN_DATABASE_URL": ""}
    command = (sys.executable, "-m", "bot.cli", "conversations", "queue", await conversation_of(stage), *CLERK)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env)
    assert await process.wait() == 0
    assert [bubble["custom"]["phrase"] for bubble in await stage.post("有人吗")] == ["system.handed_over"]


async def test_what_cannot_be_done_is_told(stage: Stage, liyan: Run) -> None:
    """A wrong id, a foreign conversation and a forbidden sentence are each told in a line; nothing is changed."""
    await stage.post("你好")
    talk = await conversation_of(stage)
    assert "liyan conversations list" in (await liyan("take", "nowhere", *CLERK, code=1)).output
    assert "take it before you speak" in (await liyan("say", talk, "您好", *CLERK, code=1)).output
    await liyan("queue", talk, *CLERK)
    await liyan("take", talk, *CLERK)
    assert "绝对化用语" in (await liyan("say", talk, "这是全网最牛的", *CLERK, code=1)).output
    assert f"{talk}: owner 老王" in (await liyan("transfer", talk, "--to", "老王", "--by", "班长")).output
    shown = (await liyan("show", talk)).output
    assert "system.handed_over" in shown
    assert "最牛" not in shown
