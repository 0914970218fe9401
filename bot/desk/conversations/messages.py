"""The messages of a conversation: written down first, closed once, kept in order."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.desk.conversations import conversations
from bot.desk.models import Conversation, Customer, Message
from bot.desk.sessions import ReadSession, WriteSession

TEXT_LIMIT = 2000
"""Characters of a customer's sentence that are kept; a longer one is not answered but for a request to shorten it."""
_VARIANTS = 40
"""Times a phrase was said that are looked at for the variant said longest ago: several rounds of any phrase."""
_LOOK_BACK = 50
"""Messages that are looked through for one that the engine understood; notices of the gateway answer the others."""


@dataclass(frozen=True)
class Received:
    """A customer's message that is on disk; `duplicate` when it was there before."""

    message: Message
    duplicate: bool


@dataclass(frozen=True)
class RenderedBubble:
    """A finished sentence, ready to be recorded; one that a member of staff wrote has no phrase."""

    text: str
    verdict: dict[str, Any]
    phrase: str | None = None
    version: int | None = None
    variant: int | None = None
    variables: dict[str, Any] | None = None
    buttons: list[dict[str, Any]] = field(default_factory=list)
    custom: dict[str, Any] | None = None


async def receive(
    session: WriteSession,
    customer: Customer,
    *,
    text: str,
    now: datetime,
    silent_since: datetime,
    client_id: str | None = None,
    payload: str | None = None,
    button_of: str | None = None,
    network_key: str | None = None,
) -> Received:
    """Write a customer's message down before anything is done with it, in their open or in a new conversation.

    Args:
        session: a session that writes.
        customer: who sent it.
        text: what was written, or the title of the button that was pressed; of an overlong one the beginning is kept.
        now: the present moment.
        silent_since: a conversation in which nobody spoke since then has ended.
        client_id: the sender's own id; a second message with it is the first one again.
        payload: the payload when a button was pressed; `button_of` is the bubble that held it.
        network_key: key of the network address from which it came, where that is the customer's own.
    """
    conversation = await conversations.current_locked(session, customer.id)
    known = await _same(session, customer, client_id)
    if known is not None:
        return Received(known, duplicate=True)
    if conversation is None or conversation.last_at < silent_since:
        conversation = await conversations.open_for(session, customer, now=now, silent_since=silent_since)
        # Looked for again under the lock: the same message may have come twice at once.
        known = await _same(session, customer, client_id)
        if known is not None:
            return Received(known, duplicate=True)
    message = Message(
        id=uuid.uuid4().hex,
        conversation_id=conversation.id,
        customer_id=customer.id,
        seq=await last_seq(session, customer.id) + 1,
        direction="in",
        author="customer",
        text=text[:TEXT_LIMIT],
        length=len(text),
        at=now,
        state="accepted",
        client_id=client_id,
        payload=payload,
        custom={"button_of": button_of} if button_of else None,
    )
    conversation.last_at = now
    conversation.network_key = network_key
    session.add(message)
    await session.flush()
    return Received(message, duplicate=False)


async def _same(session: ReadSession, customer: Customer, client_id: str | None) -> Message | None:
    if client_id is None:
        return None
    statement = select(Message).where(Message.customer_id == customer.id, Message.client_id == client_id)
    return await session.scalar(statement)


async def last_seq(session: ReadSession, customer_id: str) -> int:
    """Return the place of the newest message said with a customer, 0 before the first."""
    statement = select(func.max(Message.seq)).where(Message.customer_id == customer_id)
    return await session.scalar(statement) or 0


async def next_waiting(session: ReadSession, conversation_id: str) -> Message | None:
    """Return the oldest message that waits for its answer."""
    statement = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.direction == "in", Message.state == "accepted")
        .order_by(Message.seq)
        .limit(1)
    )
    return await session.scalar(statement)


async def next_turn(session: ReadSession, conversation_id: str) -> tuple[Conversation, Message] | None:
    """Return the conversation and its oldest message that waits, in one look."""
    statement = (
        select(Conversation, Message)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Conversation.id == conversation_id, Message.direction == "in", Message.state == "accepted")
        .order_by(Message.seq)
        .limit(1)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else (row[0], row[1])


async def waiting_conversations(
    session: ReadSession, channels: Collection[str], *, before: datetime | None = None
) -> list[str]:
    """Return the conversations of some channels in which a sentence waits, those who wait longest first."""
    statement = (
        select(Message.conversation_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.direction == "in", Message.state == "accepted", Conversation.channel.in_(channels))
        .group_by(Message.conversation_id)
        .order_by(func.min(Message.at))
    )
    if before is not None:
        statement = statement.having(func.min(Message.at) < before)
    return list(await session.scalars(statement))


async def close(
    session: WriteSession,
    message_id: str,
    *,
    understood: dict[str, Any] | None,
    payload: str | None,
    state: str = "answered",
) -> bool:
    """Close a waiting message; false when somebody else has closed it already.

    Args:
        session: a session that writes.
        message_id: the message.
        understood: what the engine understood of it, None when it was not asked.
        payload: the payload when it counts as a press of a button.
        state: `answered`, `failed`, `for_staff` or `withheld`.
    """
    statement = (
        update(Message)
        .where(Message.id == message_id, Message.state == "accepted")
        .values(state=state, understood=understood, payload=payload)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(statement) is not None


async def closed(session: ReadSession, message_ids: Collection[str]) -> list[str]:
    """Return those of some messages that wait no longer."""
    statement = select(Message.id).where(Message.id.in_(message_ids), Message.state != "accepted")
    return list(await session.scalars(statement))


async def record(
    session: WriteSession,
    conversation: Conversation,
    bubbles: Sequence[RenderedBubble],
    *,
    now: datetime,
    reply_to: str | None,
    after: int | None = None,
    author: str = "bot",
) -> list[Message]:
    """Write down what is said to the customer; the caller holds the conversation's lock.

    Args:
        session: a session that writes.
        conversation: in which it is said.
        bubbles: the sentences in order.
        now: the present moment.
        reply_to: id of the message that is answered, None when none is.
        after: place of the newest message said with the customer, when the caller knows it.
        author: `bot`, or the name of the member of staff.
    """
    place = await last_seq(session, conversation.customer_id) if after is None else after
    rows = [
        Message(
            id=uuid.uuid4().hex,
            conversation_id=conversation.id,
            customer_id=conversation.customer_id,
            seq=place + offset,
            direction="out",
            author=author,
            text=bubble.text,
            at=now,
            state="queued",
            reply_to=reply_to,
            phrase=bubble.phrase,
            version=bubble.version,
            variant=bubble.variant,
            variables=bubble.variables,
            verdict=bubble.verdict,
            buttons=bubble.buttons,
            custom=bubble.custom,
        )
        for offset, bubble in enumerate(bubbles, start=1)
    ]
    session.add_all(rows)
    await session.flush()
    return rows


async def used_variants(session: ReadSession, conversation_id: str, phrase: str, version: int) -> list[int]:
    """Return the variants of a phrase said last in a conversation, oldest first."""
    statement = (
        select(Message.variant)
        .where(
            Message.conversation_id == conversation_id,
            Message.phrase == phrase,
            Message.version == version,
            Message.variant.is_not(None),
        )
        .order_by(Message.seq.desc())
        .limit(_VARIANTS)
    )
    return [variant for variant in await session.scalars(statement) if variant is not None][::-1]


@dataclass(frozen=True)
class LastMessage:
    """The newest message: its place, and its words when we said them: the next sentence joins on to them."""

    seq: int
    words: str


async def last_message(session: ReadSession, customer_id: str) -> LastMessage:
    """Return the newest message said with a customer."""
    statement = (
        select(Message.seq, Message.direction, Message.text)
        .where(Message.customer_id == customer_id)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    row = (await session.execute(statement)).first()
    if row is None:
        return LastMessage(0, "")
    return LastMessage(row.seq, row.text if row.direction == "out" else "")


async def find(session: ReadSession, customer_id: str, message_id: str) -> Message | None:
    """Return a message said with a customer, by its id."""
    statement = select(Message).where(Message.customer_id == customer_id, Message.id == message_id)
    return await session.scalar(statement)


async def last_understood(session: ReadSession, conversation_id: str) -> Message | None:
    """Return the newest message of a conversation that the engine has understood: it tells where the bot stands."""
    statement = (
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.direction == "in",
            Message.state.in_(("answered", "withheld")),
        )
        .order_by(Message.seq.desc())
        .limit(_LOOK_BACK)
    )
    return next((message for message in await session.scalars(statement) if message.understood), None)


async def answer_to(session: ReadSession, message: Message) -> list[Message]:
    """Return what the bot said in answer to a message, in order."""
    statement = (
        select(Message)
        .where(
            Message.conversation_id == message.conversation_id,
            Message.reply_to == message.id,
            Message.author == "bot",
        )
        .order_by(Message.seq)
    )
    return list(await session.scalars(statement))
