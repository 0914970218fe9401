"""The live bus: what happens with a customer reaches every open chat of theirs, in one process or in several."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from typing import Any, Protocol

Event = dict[str, Any]
"""What happened, told to those who listen to a customer:

`{"kind": "new"}`: read the records; `{"kind": "typing", "on": bool}`; `{"kind": "read", "seq": int, "unread": int}`;
`{"kind": "for_staff", "conversation": id, "message": id}`: a message came that queue or staff are to answer;
`{"kind": "owner", "conversation": id}`: a conversation changed hands, or ended.

Who listens to all customers at once is told the same with `"customer": id` in it; None there stands for each of them.
"""

_QUEUE = 256


class Subscription:
    """The events for one listener; a listener that does not listen overflows."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[Event] = asyncio.Queue(_QUEUE)
        self.overflowed = False

    def put(self, event: Event) -> None:
        """Add an event, or mark the listener as too slow."""
        try:
            self._events.put_nowait(event)
        except asyncio.QueueFull:
            self.overflowed = True

    async def next(self) -> Event:
        """Wait for the next event."""
        return await self._events.get()


class EventBus(Protocol):
    """What the gateway needs of a bus."""

    async def start(self) -> None:
        """Begin to listen."""

    async def stop(self) -> None:
        """Stop listening and let go of connections."""

    async def publish(self, customer_id: str, event: Event) -> None:
        """Tell every listener of a customer."""

    def subscribe(self, customer_id: str) -> AbstractContextManager[Subscription]:
        """Listen to a customer while the block runs."""

    def subscribe_all(self) -> AbstractContextManager[Subscription]:
        """Listen to all customers while the block runs."""

    def exclusive(self, conversation_id: str) -> AbstractAsyncContextManager[None]:
        """Be the only one at work on a conversation while the block runs."""


class Listeners:
    """The listeners of this process, by customer."""

    def __init__(self) -> None:
        self._by_customer: dict[str, set[Subscription]] = {}
        self._to_all: set[Subscription] = set()

    @contextmanager
    def subscribe(self, customer_id: str) -> Iterator[Subscription]:
        """Listen to a customer while the block runs."""
        subscription = Subscription()
        self._by_customer.setdefault(customer_id, set()).add(subscription)
        try:
            yield subscription
        finally:
            listeners = self._by_customer[customer_id]
            listeners.discard(subscription)
            if not listeners:
                del self._by_customer[customer_id]

    @contextmanager
    def subscribe_all(self) -> Iterator[Subscription]:
        """Listen to all customers while the block runs."""
        subscription = Subscription()
        self._to_all.add(subscription)
        try:
            yield subscription
        finally:
            self._to_all.discard(subscription)

    def tell(self, customer_id: str, event: Event) -> None:
        """Hand an event to the listeners of a customer, and to those of all."""
        for subscription in tuple(self._by_customer.get(customer_id, ())):
            subscription.put(event)
        for subscription in tuple(self._to_all):
            subscription.put(event | {"customer": customer_id})

    def tell_everybody(self, event: Event) -> None:
        """Hand an event that concerns each customer to every listener."""
        for listeners in tuple(self._by_customer.values()):
            for subscription in tuple(listeners):
                subscription.put(event)
        for subscription in tuple(self._to_all):
            subscription.put(event | {"customer": None})


class LocalEvents:
    """The bus of a gateway that is alone."""

    def __init__(self) -> None:
        self._listeners = Listeners()
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self.subscribe = self._listeners.subscribe
        self.subscribe_all = self._listeners.subscribe_all

    async def start(self) -> None:
        """Begin to listen: nothing to do in one process."""

    async def stop(self) -> None:
        """Stop: nothing to do in one process."""

    async def publish(self, customer_id: str, event: Event) -> None:
        """Tell every listener of a customer."""
        self._listeners.tell(customer_id, event)

    @asynccontextmanager
    async def exclusive(self, conversation_id: str) -> AsyncIterator[None]:
        """Be the only one at work on a conversation while the block runs."""
        lock, holders = self._locks.get(conversation_id, (asyncio.Lock(), 0))
        self._locks[conversation_id] = (lock, holders + 1)
        try:
            async with lock:
                yield
        finally:
            lock, holders = self._locks[conversation_id]
            if holders == 1:
                del self._locks[conversation_id]
            else:
                self._locks[conversation_id] = (lock, holders - 1)
