"""What members of staff do in a conversation: take it, speak in it, pass it on, give it back to the bot, end it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.chat.events.events import EventBus
from bot.chat.speech.personal_data import personal_data_in
from bot.chat.speech.phrases_in_force import PhrasesInForce
from bot.chat.speech.speaker import Speaker
from bot.chat.staff.text_check import Objection, check_staff_text
from bot.chat.text_cleaning import clean, is_blank
from bot.chat.turns.engine_client import Bubble
from bot.chat.turns.open_question import open_question
from bot.desk.conversations import conversations, messages, own_data, ownership
from bot.desk.conversations.messages import TEXT_LIMIT, RenderedBubble
from bot.desk.conversations.ownership import BOT, Owner
from bot.desk.database import Database
from bot.desk.models import Conversation, Message, StaffAction
from bot.desk.sessions import WriteSession


class RefusedTextError(ValueError):
    """Raised when a member of staff may not say a text.

    Args:
        reason: what is wrong with it, in one line.
        objections: what was found in it, with approved words to say instead.
    """

    def __init__(self, reason: str, objections: Sequence[Objection] = ()) -> None:
        super().__init__(reason)
        self.objections = tuple(objections)


class StaffChat:
    """Let members of staff act in conversations; what they do is recorded, and open pages learn of it.

    Args:
        database: the records.
        speaker: says the bot's own sentences, and puts what staff say on its way.
        phrases: the approved phrases and the filter in force.
        events: tells open pages.
        clock: the present moment, aware.
    """

    def __init__(
        self,
        *,
        database: Database,
        speaker: Speaker,
        phrases: PhrasesInForce,
        events: EventBus,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._speaker = speaker
        self._phrases = phrases
        self._events = events
        self._clock = clock

    async def take(self, conversation_id: str, *, by: str, note: str = "") -> Owner:
        """Take a conversation from the bot or the queue; the bot's buttons act no more.

        Raises:
            LookupError: there is no such conversation.
            OwnershipError: it cannot be taken as it stands.
        """
        async with self._database.session() as session:
            conversation = await conversations.locked(session, conversation_id)
            action = await ownership.take(session, conversation, by=by, now=self._clock(), note=note)
            await self._hand_over(session, conversation, action)
        return await self._changed(conversation)

    async def put_in_queue(self, conversation_id: str, *, by: str, note: str = "") -> Owner:
        """Let a conversation wait for the next member of staff who is free; the bot says nothing in it.

        Raises:
            LookupError: there is no such conversation.
            OwnershipError: it cannot be queued as it stands.
        """
        async with self._database.session() as session:
            conversation = await conversations.locked(session, conversation_id)
            action = await ownership.put_in_queue(session, conversation, by=by, now=self._clock(), note=note)
            await self._hand_over(session, conversation, action)
        return await self._changed(conversation)

    async def transfer(self, conversation_id: str, *, to: str, by: str, note: str = "") -> Owner:
        """Give a conversation from one member of staff to another; the customer is told nothing.

        Raises:
            LookupError: there is no such conversation.
            OwnershipError: it cannot be transferred as it stands.
        """
        async with self._database.session() as session:
            conversation = await conversations.locked(session, conversation_id)
            await ownership.transfer(session, conversation, to=to, by=by, now=self._clock(), note=note)
        return await self._changed(conversation)

    async def give_back(self, conversation_id: str, *, by: str, note: str = "") -> Owner:
        """Let the bot go on where it stood: it says so, and asks again what its journey waits for.

        The customer has talked of other things since; their next words will be read as the answer to that question.

        Raises:
            LookupError: there is no such conversation.
            OwnershipError: it cannot be given back as it stands.
        """
        now = self._clock()
        async with self._database.session() as session:
            conversation = await conversations.locked(session, conversation_id)
            await ownership.give_back(session, conversation, by=by, now=now, note=note)
            await self._speaker.say(session, conversation, [Bubble(phrase="system.given_back")], now=now)
            question = await open_question(session, conversation_id)
            if question is not None:
                await self._speaker.say(session, conversation, [question.bubble], now=now, reply_to=question.reply_to)
        return await self._changed(conversation)

    async def end(self, conversation_id: str, *, by: str, note: str = "") -> None:
        """End a conversation; the customer's next message begins another.

        Raises:
            LookupError: there is no such conversation.
            OwnershipError: it cannot be ended as it stands.
        """
        async with self._database.session() as session:
            conversation = await conversations.locked(session, conversation_id)
            await ownership.end(session, conversation, by=by, now=self._clock(), note=note)
        await self._changed(conversation)

    async def say(self, conversation_id: str, text: str, *, by: str) -> Message:
        """Say something to the customer as the member of staff who owns the conversation.

        Raises:
            LookupError: there is no such conversation.
            OwnershipError: it has ended, or is not theirs.
            RefusedTextError: the text is empty, too long, or holds what may not be said.
        """
        text = clean(text).strip()
        if is_blank(text) or len(text) > TEXT_LIMIT:
            raise RefusedTextError(f"a message has 1 to {TEXT_LIMIT} characters, this one {len(text)}")
        now = self._clock()
        async with self._database.session() as session:
            conversation = await conversations.locked(session, conversation_id)
            await ownership.record_saying(session, conversation, by=by, now=now)
            bubble = await self._checked(session, conversation, text, now=now)
            (message,) = await self._speaker.record(session, conversation, [bubble], now=now, author=by)
        await self._events.publish(conversation.customer_id, {"kind": "new"})
        return message

    async def _checked(
        self, session: WriteSession, conversation: Conversation, text: str, *, now: datetime
    ) -> RenderedBubble:
        last = await messages.last_message(session, conversation.customer_id)
        own = personal_data_in(await own_data.known_texts(session, conversation))
        looked = check_staff_text(
            self._phrases.book, self._phrases.checker, text, now=now, own=own, previous=last.words
        )
        if looked.refused:
            blocking = [objection for objection in looked.objections if objection.level == "block"]
            raise RefusedTextError("the text holds what may not be said", blocking)
        warned = [objection.kind for objection in looked.objections]
        return RenderedBubble(text=text, verdict={"verdict": "warn" if warned else "pass", "kinds": warned})

    async def _hand_over(self, session: WriteSession, conversation: Conversation, action: StaffAction) -> None:
        """Tell the customer once, when the bot lets go of the conversation."""
        if action.from_kind == BOT:
            await self._speaker.say(session, conversation, [Bubble(phrase="system.handed_over")], now=action.at)

    async def _changed(self, conversation: Conversation) -> Owner:
        """Tell the open pages of what was committed."""
        await self._events.publish(conversation.customer_id, {"kind": "new"})
        await self._events.publish(conversation.customer_id, {"kind": "owner", "conversation": conversation.id})
        return ownership.owner_of(conversation)
