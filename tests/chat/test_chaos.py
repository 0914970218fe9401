"""Everything at once: faults, outages and restarts at random; still each sentence is answered once, in order."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.desk.models import Message
from tests.support.engine import echo
from tests.support.stage import TOKEN, Stage, until

pytestmark = pytest.mark.asyncio

PEOPLE = [f"客户{number}" for number in range(5)]
SENTENCES = [f"第{number}句" for number in range(6)]


@pytest.mark.parametrize("seed", range(3))
async def test_each_sentence_is_answered_once_in_order(either: Stage, seed: int) -> None:
    """Callers repeat by message id what got no answer; the records end with one answer for each sentence, in order."""
    dice = random.Random(seed)

    def moody(body: dict[str, Any]) -> Any:
        return [] if dice.random() < 0.2 else echo(body)

    either.engine.reply = moody
    calls = asyncio.gather(*(_talk(either, person) for person in PEOPLE))
    for _ in range(3):
        await asyncio.sleep(dice.random() * 0.2)
        if dice.random() < 0.5:
            await either.engine.stop()
            await asyncio.sleep(dice.random() * 0.1)
            await either.engine.start()
        else:
            await either.stop()
            await either.start()
    await calls
    either.engine.reply = echo
    await until(lambda: _all_answered(either))
    async with either.database.session() as session:
        rows = list(await session.scalars(select(Message).order_by(Message.conversation_id, Message.seq)))
    for conversation in {row.conversation_id for row in rows}:
        mine = [row for row in rows if row.conversation_id == conversation]
        assert [row.seq for row in mine] == list(range(1, len(mine) + 1))
        asked = [row for row in mine if row.direction == "in"]
        assert [row.text for row in asked] == SENTENCES
        echoes = [row for row in mine if row.phrase == "test.echo"]
        assert [row.reply_to for row in echoes] == [row.id for row in asked]
        assert sum(row.phrase == "welcome.first" for row in mine) == 1


async def _talk(stage: Stage, person: str) -> None:
    address = f"http://127.0.0.1:{stage.port}/webhooks/rest/webhook"
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10) as http:
        for number, sentence in enumerate(SENTENCES):
            body = {"sender": person, "message": sentence, "message_id": f"{person}-{number}"}
            while not await _taken(http, address, body):  # noqa: ASYNC110  # a caller that tries again
                await asyncio.sleep(0.02)


async def _taken(http: httpx.AsyncClient, address: str, body: dict[str, Any]) -> bool:
    try:
        return (await http.post(address, json=body)).status_code == 200
    except httpx.TransportError:
        return False  # the gateway is restarting


async def _all_answered(stage: Stage) -> bool:
    async with stage.database.session() as session:
        states = list(await session.scalars(select(Message.state).where(Message.direction == "in")))
    return len(states) == len(PEOPLE) * len(SENTENCES) and set(states) == {"answered"}
