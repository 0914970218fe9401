"""What a visitor's open page does in the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from bot.channels.web.access import WEB, WebAccess
from bot.channels.web.frames import BadFrameError, ButtonFrame, MessageFrame
from bot.channels.web.message_view import web_message
from bot.chat.services import Services
from bot.chat.speech.choices import choices_of
from bot.chat.turns.engine_client import Bubble
from bot.desk.conversations import buttons, conversations, customers, messages, transcripts
from bot.desk.conversations.buttons import LiveTurn
from bot.desk.conversations.messages import TEXT_LIMIT
from bot.desk.conversations.ownership import bot_answers
from bot.desk.database import STORAGE_ERRORS
from bot.desk.models import Conversation, Customer, Message
from bot.desk.sessions import ReadSession, WriteSession
from phrasebook.china_time import SHANGHAI

log = structlog.get_logger(__name__)

_FIRST_PAGE = 50
_CATCH_UP = 200
_NEWS = 100


@dataclass(frozen=True)
class ReadyFrame:
    """The `ready` frame, and the newest place in it as the cursor of what follows."""

    frame: dict[str, Any]
    cursor: int


class ChatPage:
    """A visitor in what was ever said with them: to them all their conversations are one talk.

    Args:
        services: what serves conversations.
        access: the limits of visitors.
        visitor: the id signed in the session.
        customer: the visitor's row in the records.
        network_key: key of the network address from which the page is open.
    """

    def __init__(
        self, services: Services, access: WebAccess, visitor: str, *, customer: Customer, network_key: str
    ) -> None:
        self._services = services
        self._access = access
        self._customer = customer
        self.visitor = visitor
        self._network_key = network_key
        self.customer_id = customer.id
        self._handed: set[str] = set()
        self._spoken_in: str | None = None
        """The conversation that holds the visitor's newest message."""

    @classmethod
    async def enter(cls, services: Services, access: WebAccess, visitor: str, *, network_key: str) -> ChatPage:
        """Find the visitor in the records, or write them down."""
        async with services.database.reading() as session:
            known = await customers.find(session, channel=WEB, sender=visitor)
        if known is not None:
            return cls(services, access, visitor, customer=known, network_key=network_key)
        async with services.database.session() as session:
            customer = await customers.find_or_create(session, channel=WEB, sender=visitor, now=services.clock())
        return cls(services, access, visitor, customer=customer, network_key=network_key)

    async def ready(self, *, after: int | None) -> ReadyFrame:
        """Greet on a first or late return and return what the page does not hold yet."""
        services = self._services
        if after is None:
            await self._greet()
        async with services.database.reading() as session:
            conversation = await conversations.current(session, self.customer_id)
            rows, reset = await self._missed(session, after)
            more = False
            if reset:
                page = await transcripts.page(session, self.customer_id, before=None, limit=_FIRST_PAGE)
                rows, more = page.messages, page.more
            live = await buttons.live_turn(session, conversation)
            reading = await transcripts.read_state(session, self.customer_id)
            typing = conversation is not None and await _types(session, conversation)
        frame = {
            "type": "ready",
            "messages": self._hand(rows),
            "reset": reset,
            "more": more,
            "live": live.turn,
            "unread": reading.unread,
            "read_seq": reading.read_seq,
            "typing": typing,
            "limits": {
                "text": TEXT_LIMIT,
                "messages": self._access.messages.limit,
                "seconds": int(self._access.messages.seconds),
            },
        }
        return ReadyFrame(frame, cursor=rows[-1].seq if rows else (0 if reset else after or 0))

    async def _greet(self) -> None:
        now = self._services.clock()
        silent_since = now - self._services.settings.silence
        async with self._services.database.session() as session:
            await conversations.end_silent(session, silent_since=silent_since, now=now, customer_id=self.customer_id)
            greeted = await self._services.speaker.greet(session, self._customer, now=now, silent_since=silent_since)
        if greeted:
            await self._services.events.publish(self.customer_id, {"kind": "new"})

    async def _missed(self, session: ReadSession, after: int | None) -> tuple[list[Message], bool]:
        """Return what a page missed, or that it must begin anew: a first load, too much, or a place that never was."""
        if after is None or after > await messages.last_seq(session, self.customer_id):
            return [], True
        rows = await transcripts.since(session, self.customer_id, after=after, limit=_CATCH_UP + 1)
        return rows, len(rows) > _CATCH_UP

    async def accept(self, frame: MessageFrame | ButtonFrame) -> dict[str, Any]:
        """Write a sentence down and return the `ack`, or the `refused` when there are too many.

        Raises:
            BadFrameError: the bubble does not exist or does not hold that button.
        """
        wait = self._access.message_wait(self.visitor, self._network_key)
        if wait:
            await self._slow_down()
            retry = round(wait, 1)
            return {"type": "refused", "client_id": frame.client_id, "reason": "slow_down", "retry_after": retry}
        async with self._services.database.session() as session:
            received = await self._receive(session, frame)
            message = received.message
            # Before the commit: whoever is cancelled in it must still wake the bot.
            self._spoken_in = message.conversation_id
        return {
            "type": "ack",
            "client_id": frame.client_id,
            "id": message.id,
            "seq": message.seq,
            "at": message.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "duplicate": received.duplicate,
        }

    async def _receive(self, session: WriteSession, frame: MessageFrame | ButtonFrame) -> messages.Received:
        now = self._services.clock()
        silent_since = now - self._services.settings.silence
        if isinstance(frame, MessageFrame):
            return await messages.receive(
                session,
                self._customer,
                text=frame.text,
                now=now,
                silent_since=silent_since,
                client_id=frame.client_id,
                network_key=self._network_key,
            )
        bubble = await messages.find(session, self.customer_id, frame.message_id)
        return await messages.receive(
            session,
            self._customer,
            text=_title(bubble, frame),
            now=now,
            silent_since=silent_since,
            client_id=frame.client_id,
            payload=frame.payload,
            button_of=frame.message_id,
            network_key=self._network_key,
        )

    async def announce(self, answer: dict[str, Any]) -> None:
        """Tell the other pages of an accepted message."""
        if answer["type"] == "ack":
            await self._services.events.publish(self.customer_id, {"kind": "new"})

    def wake(self) -> None:
        """Set the bot to work on what waits."""
        if self._spoken_in is not None:
            self._services.turns.wake(self._spoken_in)

    async def read(self, seq: int) -> None:
        """Note how far the visitor has read and tell the other pages."""
        async with self._services.database.session() as session:
            await transcripts.mark_read(session, self.customer_id, seq=seq, now=self._services.clock())
            reading = await transcripts.read_state(session, self.customer_id)
        event = {"kind": "read", "seq": reading.read_seq, "unread": reading.unread}
        await self._services.events.publish(self.customer_id, event)

    async def new_messages(self, *, after: int) -> list[dict[str, Any]]:
        """Return the `message` frames of what was said since."""
        async with self._services.database.reading() as session:
            rows = await transcripts.since(session, self.customer_id, after=after, limit=_NEWS)
            if not rows:
                return []
            live = await self._live(session)
            reading = await transcripts.read_state(session, self.customer_id)
        shared = {"type": "message", "live": live.turn, "unread": reading.unread}
        return [shared | {"message": message} for message in self._hand(rows)]

    def _hand(self, rows: Sequence[Message]) -> list[dict[str, Any]]:
        """Return sentences as the page draws them; those that wait for it are noted once it has them."""
        self._handed.update(row.id for row in rows if row.direction == "out" and row.state == "queued")
        return [web_message(row) for row in rows]

    async def received(self) -> None:
        """Note that the page has been sent everything it was to be handed."""
        if not self._handed:
            return
        handed = frozenset(self._handed)
        try:
            async with self._services.database.session() as session:
                await transcripts.mark_delivered(session, handed)
        except STORAGE_ERRORS as error:
            # The page has them all the same: noted with the next ones.
            log.warning("records.unreachable", customer=self.customer_id, cause=type(error).__name__)
        else:
            self._handed -= handed

    async def live(self) -> str | None:
        """Return the turn whose buttons act, None when none does."""
        async with self._services.database.reading() as session:
            return (await self._live(session)).turn

    async def _live(self, session: ReadSession) -> LiveTurn:
        return await buttons.live_turn(session, await conversations.current(session, self.customer_id))

    async def _slow_down(self) -> None:
        if not self._access.messages.first_refusal(self.visitor):
            return
        async with self._services.database.session() as session:
            now = self._services.clock()
            conversation = await conversations.open_for(
                session, self._customer, now=now, silent_since=now - self._services.settings.silence
            )
            if bot_answers(conversation):
                await self._services.speaker.say(session, conversation, [Bubble(phrase="system.slow_down")], now=now)
        await self._services.events.publish(self.customer_id, {"kind": "new"})


async def _types(session: ReadSession, conversation: Conversation) -> bool:
    """Tell whether the bot is at work on an answer."""
    if conversation.outage_told_at is not None or not bot_answers(conversation):
        return False
    return await messages.next_waiting(session, conversation.id) is not None


def _title(bubble: Message | None, frame: ButtonFrame) -> str:
    """Return the words of the button that was pressed, as the bubble shows them."""
    if bubble is not None:
        for choice in choices_of(bubble.buttons, bubble.custom):
            if choice.payload == frame.payload:
                return choice.title
    raise BadFrameError("message_id, payload: no bubble of this visitor's offers that", frame.client_id)
