"""The bus between several gateways: the same events and locks over Redis."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis.asyncio as redis
import structlog
from redis.asyncio.client import PubSub
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError

from bot.chat.events.events import Event, Listeners, LocalEvents

log = structlog.get_logger(__name__)

_PREFIX = "liyan:talk:"
_LOCK_SECONDS = 30.0
_RECONNECT_SECONDS = 1.0


class RedisEvents:
    """Tell the other gateways too; without Redis for a while, this one goes on alone.

    Args:
        url: `redis://host:port/0`.
    """

    def __init__(self, url: str) -> None:
        self._redis = redis.from_url(url, decode_responses=True, socket_connect_timeout=2.0, health_check_interval=20)
        self._listeners = Listeners()
        self._local = LocalEvents()
        self._me = uuid.uuid4().hex
        self._listening: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()
        self.subscribe = self._listeners.subscribe
        self.subscribe_all = self._listeners.subscribe_all

    async def start(self) -> None:
        """Begin to listen; returns when the first subscription stands or Redis is found missing."""
        self._listening = asyncio.create_task(self._listen(), name="redis-events")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._connected.wait(), 3)

    async def stop(self) -> None:
        """Stop listening and let go of connections."""
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        await self._redis.aclose()

    async def publish(self, customer_id: str, event: Event) -> None:
        """Tell the listeners of a customer, here at once and elsewhere by Redis."""
        self._listeners.tell(customer_id, event)
        try:
            await self._redis.publish(_PREFIX + customer_id, json.dumps([self._me, event]))
        except (RedisError, OSError) as error:
            # The listeners elsewhere read the records when Redis is back.
            log.warning("events.publish_failed", cause=type(error).__name__)

    @asynccontextmanager
    async def exclusive(self, conversation_id: str) -> AsyncIterator[None]:
        """Be the only one at work on a conversation, among all gateways as long as Redis answers.

        Two at work on one conversation would still answer each sentence once, since the record is guarded;
        the lock only saves the engine the work.
        """
        async with self._local.exclusive(conversation_id):
            lock = await self._acquire(conversation_id)
            if lock is None:
                yield
                return
            keeper = asyncio.create_task(_keep(lock))
            try:
                yield
            finally:
                keeper.cancel()
                with contextlib.suppress(LockError, RedisError, OSError):
                    await lock.release()

    async def _acquire(self, conversation_id: str) -> Lock | None:
        lock = self._redis.lock(f"liyan:lock:{conversation_id}", timeout=_LOCK_SECONDS, sleep=0.05)
        try:
            await lock.acquire()
        except (RedisError, OSError) as error:
            log.warning("events.lock_failed", cause=type(error).__name__)
            return None
        return lock

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.psubscribe(_PREFIX + "*")
                    self._connected.set()
                    # What was published while nobody listened stands in the records.
                    self._listeners.tell_everybody({"kind": "new"})
                    await self._hear(pubsub)
            except (RedisError, OSError) as error:
                log.warning("events.disconnected", cause=type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _hear(self, pubsub: PubSub) -> None:
        async for message in pubsub.listen():
            if message["type"] != "pmessage":
                continue
            sender, event = json.loads(message["data"])
            if sender != self._me:
                self._listeners.tell(message["channel"].removeprefix(_PREFIX), event)


async def _keep(lock: Lock) -> None:
    """Prolong a lock while the work lasts."""
    while True:
        await asyncio.sleep(_LOCK_SECONDS / 3)
        with contextlib.suppress(LockError, RedisError, OSError):
            await lock.reacquire()
