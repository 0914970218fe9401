"""What a visitor's open page does in its conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from bot.channels.services import House
from bot.channels.web.frames import BadFrameError, Press, Say
from bot.channels.web.message_view import web_message
from bot.chat.engine_client import Bubble
from bot.chat.text_cleaning import TEXT_LIMIT
from bot.desk.conversations import buttons, conversations, messages, transcripts
from bot.desk.database import STORAGE_ERRORS
from bot.desk.models import Conversation, Message
from bot.desk.sessions import ReadSession, WriteSession
from phrasebook.book.values import say_date_time, say_time

log = structlog.get_logger(__name__)

_CHANNEL = "web"
_FIRST_PAGE = 50
_CATCH_UP = 200
_NEWS = 100


@dataclass(frozen=True)
class Arrival:
    """The `ready` frame and the newest place in it."""

    frame: dict[str, Any]
    cursor: int


class Visit:
    """A visitor in their conversation.

    Args:
        visitor: the id signed in the session.
    """

    def __init__(self, house: House, visitor: str, conversation_id: str) -> None:
        """Keep the parts."""
        self._house = house
        self.visitor = visitor
        self.conversation_id = conversation_id
        self._handed: set[str] = set()

    @classmethod
    async def enter(cls, house: House, visitor: str) -> Visit:
        """Find or make the visitor's conversation."""
        async with house.database.reading() as session:
            known = await conversations.of_sender(session, channel=_CHANNEL, sender=visitor)
        if known is not None:
            return cls(house, visitor, known.id)
        async with house.database.session() as session:
            conversation = await conversations.enter(session, channel=_CHANNEL, sender=visitor, now=house.clock())
        return cls(house, visitor, conversation.id)

    async def arrive(self, *, after: int | None) -> Arrival:
        """Greet on a first or late return and return what the page does not hold yet."""
        house = self._house
        if after is None:
            await self._greet()
        async with house.database.reading() as session:
            conversation = await session.get_one(Conversation, self.conversation_id)
            rows, reset = await self._missed(session, after)
            more = False
            if reset:
                page = await transcripts.page(session, self.conversation_id, before=None, limit=_FIRST_PAGE)
                rows, more = page.messages, page.more
            live = await buttons.live_turn(session, self.conversation_id)
            reading = await transcripts.read_state(session, self.conversation_id)
            busy = await messages.next_waiting(session, self.conversation_id)
        frame = {
            "type": "ready",
            "messages": self._hand(rows),
            "reset": reset,
            "more": more,
            "live": live.turn,
            "unread": reading.unread,
            "read_seq": reading.read_seq,
            "typing": busy is not None and conversation.outage_told_at is None,
            "limits": {"text": TEXT_LIMIT, "messages": house.messages.limit, "seconds": int(house.messages.seconds)},
        }
        return Arrival(frame, cursor=rows[-1].seq if rows else (0 if reset else after or 0))

    async def _greet(self) -> None:
        async with self._house.database.session() as session:
            conversation = await conversations.locked(session, self.conversation_id)
            greeted = await self._house.speech.greet(session, conversation, now=self._house.clock())
        if greeted:
            await self._house.bus.publish(self.conversation_id, {"kind": "new"})

    async def _missed(self, session: ReadSession, after: int | None) -> tuple[list[Message], bool]:
        """Return what a page missed, or that it must begin anew: a first load, too much, or a place that never was."""
        if after is None or after > await messages.last_seq(session, self.conversation_id):
            return [], True
        rows = await transcripts.since(session, self.conversation_id, after=after, limit=_CATCH_UP + 1)
        return rows, len(rows) > _CATCH_UP

    async def take(self, frame: Say | Press) -> dict[str, Any]:
        """Write a sentence down and return the `ack`, or the `refused` when there are too many.

        Raises:
            BadFrameError: the bubble does not exist or does not hold that button.
        """
        wait = self._house.messages.hit(self.visitor)
        if wait:
            await self._slow_down()
            retry = round(wait, 1)
            return {"type": "refused", "client_id": frame.client_id, "reason": "slow_down", "retry_after": retry}
        async with self._house.database.session() as session:
            accepted = await self._accept(session, frame)
        message = accepted.message
        return {
            "type": "ack",
            "client_id": frame.client_id,
            "id": message.id,
            "seq": message.seq,
            "at": message.at.astimezone(self._house.settings.zone).isoformat(timespec="seconds"),
            "duplicate": accepted.duplicate,
        }

    async def _accept(self, session: WriteSession, frame: Say | Press) -> messages.Received:
        now = self._house.clock()
        conversation = await conversations.locked(session, self.conversation_id)
        if isinstance(frame, Say):
            return await messages.receive(session, conversation, text=frame.text, now=now, client_id=frame.client_id)
        bubble = await messages.find(session, self.conversation_id, frame.message_id)
        return await messages.receive(
            session,
            conversation,
            text=_title(bubble, frame),
            now=now,
            client_id=frame.client_id,
            payload=frame.payload,
            button_of=frame.message_id,
        )

    async def announce(self, answer: dict[str, Any]) -> None:
        """Tell the other pages of an accepted sentence."""
        if answer["type"] == "ack":
            await self._house.bus.publish(self.conversation_id, {"kind": "new"})

    def wake(self) -> None:
        """Set the bot to work on what waits."""
        self._house.turns.wake(self.conversation_id)

    async def read(self, seq: int) -> None:
        """Note how far the visitor has read and tell the other pages."""
        async with self._house.database.session() as session:
            await transcripts.mark_read(session, self.conversation_id, seq=seq, now=self._house.clock())
            reading = await transcripts.read_state(session, self.conversation_id)
        event = {"kind": "read", "seq": reading.read_seq, "unread": reading.unread}
        await self._house.bus.publish(self.conversation_id, event)

    async def news(self, *, after: int) -> list[dict[str, Any]]:
        """Return the `message` frames of what was said since."""
        async with self._house.database.reading() as session:
            rows = await transcripts.since(session, self.conversation_id, after=after, limit=_NEWS)
            if not rows:
                return []
            live = await buttons.live_turn(session, self.conversation_id)
            reading = await transcripts.read_state(session, self.conversation_id)
        shared = {"type": "message", "live": live.turn, "unread": reading.unread}
        return [shared | {"message": message} for message in self._hand(rows)]

    def _hand(self, rows: Sequence[Message]) -> list[dict[str, Any]]:
        """Return sentences as the page draws them; those that wait for it are noted once it has them."""
        self._handed.update(row.id for row in rows if row.direction == "out" and row.state == "queued")
        return [web_message(row, self._house.settings.zone) for row in rows]

    async def received(self) -> None:
        """Note that the page has been sent everything it was to be handed."""
        if not self._handed:
            return
        handed = frozenset(self._handed)
        try:
            async with self._house.database.session() as session:
                await transcripts.mark_delivered(session, handed)
        except STORAGE_ERRORS as error:
            # The page has them all the same: noted with the next ones.
            log.warning("records.unreachable", conversation=self.conversation_id, cause=type(error).__name__)
        else:
            self._handed -= handed

    async def _slow_down(self) -> None:
        if not self._house.messages.first_refusal(self.visitor):
            return
        async with self._house.database.session() as session:
            conversation = await conversations.locked(session, self.conversation_id)
            notice = Bubble(phrase="system.slow_down")
            await self._house.speech.say(session, conversation, [notice], now=self._house.clock())
        await self._house.bus.publish(self.conversation_id, {"kind": "new"})


def _title(bubble: Message | None, frame: Press) -> str:
    """Return the words of the button that was pressed, as the bubble shows them."""
    if bubble is None or frame.payload not in buttons.payloads_of(bubble):
        raise BadFrameError("message_id, payload: no bubble of this conversation offers that", frame.client_id)
    for button in bubble.buttons or []:
        if button["payload"] == frame.payload:
            return str(button["title"])
    return _said_by_card(bubble.custom or {}, frame.payload)


def _said_by_card(custom: dict[str, Any], payload: str) -> str:
    """Return what a press on a card says: the slot's span, the order's number, the stars."""
    for slot in custom.get("slots", []):
        if slot.get("payload") == payload:
            return f"{say_date_time(slot['start'])}—{say_time(slot['end'])}"
    for order in custom.get("orders", []):
        if order.get("payload") == payload:
            return str(order["number"])
    payloads = custom.get("payloads", [])
    return "★" * (payloads.index(payload) + 1) if payload in payloads else payload
