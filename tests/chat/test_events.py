"""The live bus, in one process and over a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.chat.events.events import EventBus, LocalEvents
from bot.chat.events.redis_events import RedisEvents
from tests.support.redis import Redis, free_port
from tests.support.stage import Stage, until

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture(params=["local", "redis"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[tuple[EventBus, EventBus]]:
    """Yield the buses of two gateways; in one process both are the same."""
    if request.param == "local":
        bus = LocalEvents()
        yield bus, bus
        return
    url = request.getfixturevalue("redis").url
    buses = RedisEvents(url), RedisEvents(url)
    for made in buses:
        await made.start()
    yield buses
    for made in buses:
        await made.stop()


async def test_listeners_of_the_conversation_hear(pair: tuple[EventBus, EventBus]) -> None:
    """An event reaches the listeners of its conversation at both gateways once, and nobody else."""
    one, two = pair
    with one.subscribe("a") as here, two.subscribe("a") as there, two.subscribe("b") as other:
        await one.publish("a", {"kind": "typing", "on": True})
        await two.publish("b", {"kind": "new"})
        async with asyncio.timeout(5):
            assert await here.next() == {"kind": "typing", "on": True}
            assert await there.next() == {"kind": "typing", "on": True}
            assert await other.next() == {"kind": "new"}
        await one.publish("a", {"kind": "new"})
        async with asyncio.timeout(5):
            assert [await here.next(), await there.next()] == [{"kind": "new"}] * 2


async def test_listener_that_does_not_listen_overflows(pair: tuple[EventBus, EventBus]) -> None:
    """A queue has an end; who is too slow is marked instead of filling the memory."""
    one, _ = pair
    with one.subscribe("a") as lazy:
        for _ in range(300):
            await one.publish("a", {"kind": "new"})
        assert lazy.overflowed


async def test_who_listens_to_all_hears_every_customer(pair: tuple[EventBus, EventBus]) -> None:
    """The whole bus can be listened to, at either gateway; each event names its customer, and no more than a queue."""
    one, two = pair
    with one.subscribe_all() as here, two.subscribe_all() as there:
        await one.publish("a", {"kind": "new"})
        await two.publish("b", {"kind": "typing", "on": True})
        async with asyncio.timeout(5):
            heard = [[await listener.next() for _ in range(2)] for listener in (here, there)]
        for events in heard:
            assert {event["customer"]: event["kind"] for event in events} == {"a": "new", "b": "typing"}
    with one.subscribe_all() as lazy:
        for number in range(300):
            await one.publish(str(number), {"kind": "new"})
        assert lazy.overflowed


async def test_only_one_is_at_work(pair: tuple[EventBus, EventBus]) -> None:
    """`exclusive` lets one in at a time for a conversation, and others for other conversations."""
    one, two = pair
    inside = most = 0

    async def work(bus: EventBus) -> None:
        nonlocal inside, most
        async with bus.exclusive("a"):
            inside += 1
            most = max(most, inside)
            async with bus.exclusive("b"):
                await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work(bus) for bus in (one, two) * 4))
    assert most == 1


async def test_redis_lost_and_found(redis: Redis) -> None:
    """Without Redis a gateway goes on alone; when it is back, listeners are told to read the records."""
    bus = RedisEvents(redis.url)
    await bus.start()
    with bus.subscribe("a") as listener, bus.subscribe_all() as whole:
        redis.stop()
        await bus.publish("a", {"kind": "typing", "on": True})
        async with bus.exclusive("a"):
            pass
        async with asyncio.timeout(10):
            assert await listener.next() == {"kind": "typing", "on": True}
            redis.start()
            assert await listener.next() == {"kind": "new"}
            assert await whole.next() == {"kind": "typing", "on": True, "customer": "a"}
            assert await whole.next() == {"kind": "new", "customer": None}
    await bus.stop()


async def test_chat_at_one_gateway_hears_the_other(redis: Redis, tmp_path: Path, words: Path) -> None:
    """Two gateways share records and Redis: a page open at one sees what is said at the other."""
    one = Stage(tmp_path, words, redis_url=redis.url)
    await one.open()
    two = Stage(tmp_path, words, redis_url=redis.url)
    two.engine = one.engine
    await two.start()
    try:
        async with one.chat() as here, two.chat(here.cookie) as there:
            await there.say("你好")
            assert "你好" in (await here.bubble())["text"]
        assert one.engine.processed == ["你好"]
    finally:
        await two.stop()
        await one.close()


async def test_gateway_starts_without_redis(tmp_path: Path, words: Path) -> None:
    """A Redis that is not there delays nobody for long: the gateway serves alone."""
    stage = Stage(tmp_path, words, redis_url=f"redis://127.0.0.1:{free_port()}/0")
    await stage.open()
    try:
        assert "你好" in (await stage.post("你好"))[-1]["text"]
        await until(lambda: _ready(stage))
    finally:
        await stage.close()


async def _ready(stage: Stage) -> bool:
    return (await stage.http.get("/readyz")).status_code == 200
