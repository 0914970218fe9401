"""Say something in a conversation: greet first, pass the wire, write it down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.chat.engine_client import Bubble
from bot.chat.outbound import Wire
from bot.desk.conversations import messages
from bot.desk.models import Conversation, Message
from bot.desk.sessions import WriteSession
from bot.desk.tickets import tickets

_AWAY = timedelta(minutes=30)
"""A visitor who comes back after this long is greeted again when a ticket is open."""


class Speech:
    """Speak to customers; every sentence passes here.

    Args:
        wire: renders and checks.
        shop: the shop's name as customers know it.
    """

    def __init__(self, wire: Wire, shop: str) -> None:
        """Keep the parts."""
        self._wire = wire
        self._shop = shop

    async def say(
        self,
        session: WriteSession,
        conversation: Conversation,
        bubbles: Sequence[Bubble],
        *,
        now: datetime,
        reply_to: str | None = None,
    ) -> list[Message]:
        """Record bubbles as said, the welcome before the very first; the caller holds the conversation's lock."""
        if conversation.welcomed_at is None:
            conversation.welcomed_at = now
            bubbles = [Bubble(phrase="welcome.first", variables={"shop": self._shop}), *bubbles]
        newest = await messages.last_message(session, conversation.id)
        spoken = await self._wire.compose(session, conversation, bubbles, now=now, previous=newest.words)
        return await messages.record(session, conversation.id, spoken, now=now, reply_to=reply_to, after=newest.seq)

    async def greet(self, session: WriteSession, conversation: Conversation, *, now: datetime) -> bool:
        """Greet a visitor who opened the chat: the first time, or when back with a ticket still open."""
        if conversation.welcomed_at is None:
            await self.say(session, conversation, [], now=now)
            return True
        if now - conversation.last_at < _AWAY:
            return False
        open_tickets = await tickets.open_of(session, conversation.id)
        if not open_tickets:
            return False
        conversation.last_at = now
        back = Bubble(phrase="welcome.back", variables={"ticket": open_tickets[0].number})
        await self.say(session, conversation, [back], now=now)
        return True
