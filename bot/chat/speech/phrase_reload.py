"""Take new phrases into use while the gateway runs: changed files, and revisions of the database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.chat.speech.phrases_in_force import PhrasesInForce
from bot.desk.database import STORAGE_ERRORS
from bot.desk.phrases.feed import RevisionFeed
from phrasebook.errors import InvalidFilesError

log = structlog.get_logger(__name__)

SECONDS = 1.5
"""Between two looks: a change is in force within five seconds even when a look takes long."""


class PhraseReloader:
    """Look for new phrases again and again.

    Args:
        phrases: what is in force.
        feed: the revisions of the database.
        clock: the present moment; a version scheduled for it comes into force by the clock alone.
        pause: seconds between two looks.
    """

    def __init__(
        self, phrases: PhrasesInForce, feed: RevisionFeed, *, clock: Callable[[], datetime], pause: float = SECONDS
    ) -> None:
        self._phrases = phrases
        self._feed = feed
        self._clock = clock
        self._pause = pause
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._down = False
        self._one = asyncio.Lock()

    async def start(self) -> None:
        """Look once, then keep looking."""
        self._stopping.clear()
        await self.reload()
        self._task = asyncio.create_task(self._keep_looking(), name="phrase-reloader")

    async def stop(self) -> None:
        """Look no more; a look under way ends: a connection cut off while it is made is closed by nobody."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def reload(self) -> bool:
        """Take what is new into use; tell whether anything changed."""
        async with self._one:
            await self._poll()
            # In a thread: reading the files anew takes longer than customers should wait.
            result = await asyncio.to_thread(self._phrases.refresh, self._feed.revisions, self._clock())
            if result.problems:
                log.error("phrases.rejected", problems=list(result.problems), kept=self._phrases.book.digest)
            if result.changed:
                log.info("phrases.reloaded", phrases=len(self._phrases.book), book=self._phrases.book.digest)
            return result.changed

    async def _poll(self) -> None:
        try:
            await self._feed.poll()
        except STORAGE_ERRORS as error:
            if not self._down:
                log.warning("phrases.revisions_unread", cause=type(error).__name__)
            self._down = True
        except InvalidFilesError as error:
            log.error("phrases.rejected", problems=[str(problem) for problem in error.problems])
        else:
            self._down = False

    async def _keep_looking(self) -> None:
        while not await self._stops():
            try:
                await self.reload()
            except Exception:  # the edge of this task: the phrases in force stay, and we look again
                log.exception("phrases.look_failed")

    async def _stops(self) -> bool:
        """Wait for the next look; tell whether there is to be none."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), self._pause)
        return self._stopping.is_set()
