"""The outbox at work: what was said is queued in the form of its channel, and delivered where we deliver."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.chat.delivery.channel import Channel, Channels, DeliveryError, UndeliverableError
from bot.chat.events.events import EventBus
from bot.chat.turns.retry_policy import RetryPolicy
from bot.desk.conversations import outbox
from bot.desk.database import STORAGE_ERRORS, Database
from bot.desk.models import Conversation, Message, OutboxMessage
from bot.desk.sessions import ReadSession, WriteSession

log = structlog.get_logger(__name__)

PAUSES = RetryPolicy(first=1.0, factor=2.0, longest=300.0, tries=12, sweep=20.0)
"""Twelve tries take about twenty minutes."""
_CLAIM = 2
"""After so many times what a delivery may take, a message whose sender died is sent by another."""


async def queue_for_delivery(
    session: WriteSession,
    channel: Channel,
    conversation: Conversation,
    said: Sequence[Message],
    *,
    now: datetime,
) -> None:
    """Put what was said into the outbox of its channel, if the channel has one; in the same transaction.

    Args:
        conversation: held under its lock by the caller.
        said: sentences just recorded, in order.
    """
    if not channel.uses_outbox or not said:
        return
    left = await room(session, channel, conversation.customer_id, now=now)
    if left is not None:
        left -= await outbox.waiting(session, conversation.customer_id)
    outgoing = channel.messages(said, room=left)
    due_at = now + timedelta(seconds=channel.collect_seconds)
    await outbox.queue(session, conversation, outgoing, reply_to=said[-1].reply_to, now=now, due_at=due_at)


async def room(session: ReadSession, channel: Channel, customer_id: str, *, now: datetime) -> int | None:
    """Return how many messages may still leave to a customer; None where the channel sets no quota."""
    limits = channel.limits
    if limits.quota is None:
        return None
    return await outbox.room(session, customer_id, quota=limits.quota, window=limits.window, now=now)


class OutboxWorker:
    """Deliver what waits for channels that push: in order for each customer, many customers at once.

    Several gateways may each run one: a message is claimed before it is sent. One whose sender dies is sent again
    under the same id, by which the far side knows that it has it.

    Args:
        events: tell of new sentences; what they miss is found by looking from time to time.
        retry: pauses between tries, and how many there are.
        width: deliveries at the same time.
    """

    def __init__(
        self,
        *,
        database: Database,
        channels: Channels,
        events: EventBus,
        clock: Callable[[], datetime],
        retry: RetryPolicy = PAUSES,
        width: int = 16,
    ) -> None:
        self._database = database
        self._channels = channels
        self._events = events
        self._clock = clock
        self._retry = retry
        self._width = width
        self._wake = asyncio.Event()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self._deliveries: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to deliver; without a channel that pushes there is nothing to do."""
        if not self._channels.pushing:
            return
        self._stopping = False
        self._tasks = [
            asyncio.create_task(self._listen(), name="outbox-listen"),
            asyncio.create_task(self._work(), name="outbox-work"),
        ]

    async def stop(self) -> None:
        """Stop; a delivery under way ends first, what waits is taken up at the next start."""
        self._stopping = True
        self._wake.set()
        if self._tasks:
            listening, working = self._tasks
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await working
        await asyncio.gather(*self._deliveries)

    async def _listen(self) -> None:
        with self._events.subscribe_all() as subscription:
            while True:
                if (await subscription.next())["kind"] == "new":
                    self._wake.set()

    async def _work(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                claimed = await self._claim()
                pause = 0.0 if claimed else await self._seconds_to_next()
            except STORAGE_ERRORS as error:
                log.warning("records.unreachable", cause=type(error).__name__)
                claimed, pause = [], self._retry.first
            for message in claimed:
                task = asyncio.create_task(self._deliver(message), name=f"deliver-{message.id}")
                self._deliveries.add(task)
                task.add_done_callback(self._ended)
            if not claimed:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._deliveries.discard(task)
        # The customer's next message may follow.
        self._wake.set()

    async def _claim(self) -> list[OutboxMessage]:
        """Take what is due and may leave."""
        free = self._width - len(self._deliveries)
        if not free:
            return []
        async with self._database.reading() as session:
            found = await outbox.due(session, self._channels.pushing, now=self._clock(), limit=free)
        if not found:
            return []
        claimed = []
        async with self._database.session() as session:
            for message in found:
                if (mine := await self._claim_one(session, message)) is not None:
                    claimed.append(mine)
        return claimed

    async def _claim_one(self, session: WriteSession, message: OutboxMessage) -> OutboxMessage | None:
        channel, now = self._channels[message.channel], self._clock()
        if await room(session, channel, message.customer_id, now=now) == 0:
            await outbox.hold(session, message.id, until=now + channel.limits.window)
            log.info("outbox.held", channel=channel.name, message=message.id)
            return None
        until = now + timedelta(seconds=_CLAIM * channel.delivery_seconds)
        return await outbox.claim(session, message.id, now=now, until=until)

    async def _seconds_to_next(self) -> float:
        if len(self._deliveries) == self._width:
            return self._retry.sweep
        async with self._database.reading() as session:
            at = await outbox.next_due_at(session, self._channels.pushing)
        if at is None:
            return self._retry.sweep
        return min(max((at - self._clock()).total_seconds(), 0.001), self._retry.sweep)

    async def _deliver(self, message: OutboxMessage) -> None:
        channel = self._channels[message.channel]
        failure: Exception | None = None
        external_id = None
        try:
            external_id = await asyncio.wait_for(channel.deliver(message), channel.delivery_seconds)
        except Exception as error:  # the edge of a task: whatever a channel raises, the message waits for its next try
            failure = error
        try:
            await self._note(message, external_id, failure)
        except STORAGE_ERRORS as error:
            # Nothing was noted: when the claim ends it is sent again under its id.
            log.error("records.unreachable", message=message.id, cause=type(error).__name__)

    async def _note(self, message: OutboxMessage, external_id: str | None, failure: Exception | None) -> None:
        now = self._clock()
        async with self._database.session() as session:
            if failure is None:
                await outbox.mark_sent(session, message, external_id=external_id, now=now)
                return
            # Only what a channel says itself: another error's text may hold a token or a customer's name.
            cause = str(failure) if isinstance(failure, DeliveryError) else type(failure).__name__
            if isinstance(failure, UndeliverableError) or message.tries >= self._retry.tries:
                log.error("outbox.given_up", channel=message.channel, message=message.id, cause=cause)
                await outbox.mark_failed(session, message, error=cause)
                return
            log.warning("outbox.failed", channel=message.channel, message=message.id, tries=message.tries, cause=cause)
            later = now + timedelta(seconds=self._retry.pause(message.tries))
            await outbox.try_later(session, message.id, at=later, error=cause)
