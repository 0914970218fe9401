"""Those who wait for the answer to a sentence in this process."""

from __future__ import annotations

import asyncio
import contextlib
import enum
from collections.abc import Iterator


class Outcome(enum.Enum):
    """What became of a sentence that somebody waits for."""

    ANSWERED = "answered"
    STALLED = "stalled"


class PendingReplies:
    """What is waited for, by conversation and sentence."""

    def __init__(self) -> None:
        self._waiting: dict[str, dict[str, list[asyncio.Future[Outcome]]]] = {}

    @contextlib.contextmanager
    def expect(self, conversation_id: str, message_id: str) -> Iterator[asyncio.Future[Outcome]]:
        """Yield what will become of a sentence; call it before the sentence is committed."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        of_conversation = self._waiting.setdefault(conversation_id, {})
        of_conversation.setdefault(message_id, []).append(future)
        try:
            yield future
        finally:
            of_conversation[message_id].remove(future)
            if not of_conversation[message_id]:
                del of_conversation[message_id]
            if not of_conversation:
                self._waiting.pop(conversation_id, None)

    def awaited(self, conversation_id: str) -> frozenset[str]:
        """Return the sentences of a conversation that somebody waits for."""
        return frozenset(self._waiting.get(conversation_id, ()))

    def resolve(self, conversation_id: str, message_id: str, outcome: Outcome) -> None:
        """Tell those who wait for a sentence what became of it."""
        for future in self._waiting.get(conversation_id, {}).get(message_id, ()):
            if not future.done():
                future.set_result(outcome)

    def stall(self, conversation_id: str) -> None:
        """Tell everybody who waits in a conversation that it will take longer."""
        for message_id in self.awaited(conversation_id):
            self.resolve(conversation_id, message_id, Outcome.STALLED)
