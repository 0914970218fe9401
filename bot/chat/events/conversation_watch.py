"""Look after conversations in the background: end silent ones, and show open pages what other processes did."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.chat.events.events import EventBus
from bot.desk.conversations import conversations, staff_actions
from bot.desk.conversations.staff_actions import ActionCursor
from bot.desk.database import STORAGE_ERRORS, Database

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 1.0
"""Between two looks at what staff did: their sentence stands in an open page within two seconds."""
_SILENCE_PAUSE = timedelta(minutes=1)
"""Between two looks for silent conversations."""


class ConversationWatch:
    """Watch the records for what no request brings to this process.

    The command line acts in a process of its own. Without Redis this gateway learns of it from the rows of
    `staff_actions` that are new; with Redis too, when the other process could not reach it.

    Args:
        database: the records.
        events: tells open pages.
        silence: after so long without a word a conversation of the bot's ends.
        clock: the present moment, aware.
        pause: seconds between two looks.
    """

    def __init__(
        self,
        *,
        database: Database,
        events: EventBus,
        silence: timedelta,
        clock: Callable[[], datetime],
        pause: float = _LOOK_SECONDS,
    ) -> None:
        self._database = database
        self._events = events
        self._silence = silence
        self._clock = clock
        self._pause = pause
        self._cursor: ActionCursor | None = None
        self._looked_at: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Begin to watch."""
        self._stopping.clear()
        self._task = asyncio.create_task(self._watch(), name="conversation-watch")

    async def stop(self) -> None:
        """Watch no more; a look under way ends: a connection cut off while it is made is closed by nobody."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def _watch(self) -> None:
        down = False
        while not self._stopping.is_set():
            try:
                await self._tell_staff_actions()
                if self._looks_for_silence():
                    await self.end_silent()
                down = False
            except STORAGE_ERRORS as error:
                if not down:
                    log.warning("conversations.unwatched", cause=type(error).__name__)
                down = True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._pause)

    async def _tell_staff_actions(self) -> None:
        async with self._database.reading() as session:
            if self._cursor is None:
                self._cursor = await staff_actions.newest(session)
                return
            done, self._cursor = await staff_actions.since(session, self._cursor)
        for action in done:
            await self._events.publish(action.customer_id, {"kind": "new"})
            await self._events.publish(action.customer_id, {"kind": "owner", "conversation": action.conversation_id})

    def _looks_for_silence(self) -> bool:
        now = self._clock()
        if self._looked_at is not None and now - self._looked_at < _SILENCE_PAUSE:
            return False
        self._looked_at = now
        return True

    async def end_silent(self) -> None:
        """End the bot's conversations in which nobody spoke for too long, and tell open pages."""
        now = self._clock()
        async with self._database.session() as session:
            ended = await conversations.end_silent(session, silent_since=now - self._silence, now=now)
        for one in ended:
            log.info("conversation.ended", conversation=one.conversation_id, by=conversations.SILENCE)
            await self._events.publish(one.customer_id, {"kind": "owner", "conversation": one.conversation_id})
