"""Say something in a conversation: greet first, choose and check the words, write them down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.chat.delivery.channel import Channels
from bot.chat.delivery.outbox import queue_for_delivery
from bot.chat.speech.choices import choices_of
from bot.chat.speech.outbound import Outbound
from bot.chat.turns.engine_client import Bubble
from bot.desk.conversations import conversations, messages
from bot.desk.conversations.messages import RenderedBubble
from bot.desk.conversations.ownership import bot_answers
from bot.desk.models import Conversation, Customer, Message
from bot.desk.sessions import ReadSession, WriteSession
from bot.desk.tickets import tickets

_AWAY = timedelta(minutes=30)
"""A visitor who comes back after this long is greeted again when a ticket is open."""


class Speaker:
    """Speak to customers; every sentence passes here.

    Args:
        outbound: renders and checks.
        channels: decide in which form it leaves.
        shop: the shop's name as customers know it.
    """

    def __init__(self, outbound: Outbound, channels: Channels, shop: str) -> None:
        self._outbound = outbound
        self._channels = channels
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
        newest = await messages.last_message(session, conversation.customer_id)
        spoken = await self._compose(session, conversation, bubbles, now=now, previous=newest.words)
        return await self.record(session, conversation, spoken, now=now, reply_to=reply_to, after=newest.seq)

    async def record(
        self,
        session: WriteSession,
        conversation: Conversation,
        bubbles: Sequence[RenderedBubble],
        *,
        now: datetime,
        reply_to: str | None = None,
        after: int | None = None,
        author: str = "bot",
    ) -> list[Message]:
        """Write down what is said and put it on its way; the caller has checked it and holds the conversation's lock.

        Args:
            after: the newest place in what is said with the customer, when the caller knows it.
            author: `bot`, or a member of staff.
        """
        said = await messages.record(
            session, conversation, bubbles, now=now, reply_to=reply_to, after=after, author=author
        )
        await queue_for_delivery(session, self._channels[conversation.channel], conversation, said, now=now)
        return said

    async def _compose(
        self,
        session: WriteSession,
        conversation: Conversation,
        bubbles: Sequence[Bubble],
        *,
        now: datetime,
        previous: str,
    ) -> list[RenderedBubble]:
        """Return finished bubbles; where customers see no buttons, the last one numbers what there is to choose."""
        compose = partial(self._outbound.compose, session, conversation, now=now)
        spoken = await compose(bubbles, previous=previous)
        if self._channels[conversation.channel].numbered_choices:
            titles = [choice.title for bubble in spoken for choice in choices_of(bubble.buttons, bubble.custom)]
            if titles:
                numbered = Bubble(phrase="system.choices", variables={"choices": titles})
                spoken += await compose([numbered], previous=spoken[-1].text)
        return spoken

    async def greet(self, session: WriteSession, customer: Customer, *, now: datetime, silent_since: datetime) -> bool:
        """Greet a visitor who opened the chat: the first time, or when back with a ticket still open.

        Args:
            session: a session that writes.
            customer: the visitor.
            now: the present moment.
            silent_since: a conversation in which nobody spoke since then has ended.

        Returns:
            whether anything was said.
        """
        last = await conversations.latest(session, customer.id)
        greeting = await self._greeting(session, customer, last, now)
        if greeting is None:
            return False
        conversation = await conversations.open_for(session, customer, now=now, silent_since=silent_since)
        if last is not None and conversation.last_at not in (last.last_at, now):
            # Another page of the visitor was greeted in this very moment.
            return False
        conversation.last_at = now
        await self.say(session, conversation, greeting, now=now)
        return True

    async def _greeting(
        self, session: ReadSession, customer: Customer, last: Conversation | None, now: datetime
    ) -> list[Bubble] | None:
        """Return what to greet with; an empty list stands for the welcome, which `say` adds by itself."""
        if last is None:
            return []
        if last.ended_at is None and not bot_answers(last):
            return None
        if last.welcomed_at is None:
            return []
        if now - last.last_at < _AWAY:
            return None
        open_tickets = await tickets.open_of_sender(session, channel=customer.channel, sender=customer.sender)
        if not open_tickets:
            return None
        return [Bubble(phrase="welcome.back", variables={"ticket": open_tickets[0].number})]
