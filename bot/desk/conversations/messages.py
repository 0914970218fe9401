"""The messages of a conversation: written down first, closed once, kept in order."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.desk.models import Conversation, Message
from bot.desk.sessions import ReadSession, WriteSession


@dataclass(frozen=True)
class Received:
    """A customer's sentence that is on disk; `duplicate` when it was there before."""

    message: Message
    duplicate: bool


@dataclass(frozen=True)
class RenderedBubble:
    """A finished bubble, ready to be recorded."""

    text: str
    phrase: str
    version: int
    variant: int
    variables: dict[str, Any]
    verdict: dict[str, Any]
    buttons: list[dict[str, Any]] = field(default_factory=list)
    custom: dict[str, Any] | None = None


async def receive(
    session: WriteSession,
    conversation: Conversation,
    *,
    text: str,
    now: datetime,
    client_id: str | None = None,
    payload: str | None = None,
    button_of: str | None = None,
) -> Received:
    """Write a customer's sentence down before anything is done with it.

    Args:
        conversation: held under its lock by the caller (`enter` or `locked`).
        client_id: the sender's own id; a second sentence with it is the first one again.
        payload: the payload when a button was pressed; `button_of` is the bubble that held it.
    """
    if client_id is not None:
        known = await session.scalar(
            select(Message).where(Message.conversation_id == conversation.id, Message.client_id == client_id)
        )
        if known is not None:
            return Received(known, duplicate=True)
    message = Message(
        id=uuid.uuid4().hex,
        conversation_id=conversation.id,
        seq=await last_seq(session, conversation.id) + 1,
        direction="in",
        author="customer",
        text=text,
        at=now,
        state="accepted",
        client_id=client_id,
        payload=payload,
        custom={"button_of": button_of} if button_of else None,
    )
    conversation.last_at = now
    session.add(message)
    await session.flush()
    return Received(message, duplicate=False)


async def last_seq(session: ReadSession, conversation_id: str) -> int:
    """Return the place of the newest sentence, 0 before the first."""
    statement = select(func.max(Message.seq)).where(Message.conversation_id == conversation_id)
    return await session.scalar(statement) or 0


async def next_waiting(session: ReadSession, conversation_id: str) -> Message | None:
    """Return the oldest sentence that waits for its answer."""
    statement = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.direction == "in", Message.state == "accepted")
        .order_by(Message.seq)
        .limit(1)
    )
    return await session.scalar(statement)


async def next_turn(session: ReadSession, conversation_id: str) -> tuple[Conversation, Message] | None:
    """Return the conversation and its oldest sentence that waits, in one look."""
    statement = (
        select(Conversation, Message)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Conversation.id == conversation_id, Message.direction == "in", Message.state == "accepted")
        .order_by(Message.seq)
        .limit(1)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else (row[0], row[1])


async def waiting_conversations(session: ReadSession, *, before: datetime | None = None) -> list[str]:
    """Return the conversations in which a sentence waits, those who wait longest first."""
    statement = (
        select(Message.conversation_id)
        .where(Message.direction == "in", Message.state == "accepted")
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
    """Close a waiting sentence; false when somebody else has closed it already."""
    statement = (
        update(Message)
        .where(Message.id == message_id, Message.state == "accepted")
        .values(state=state, understood=understood, payload=payload)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(statement) is not None


async def closed(session: ReadSession, message_ids: Collection[str]) -> list[str]:
    """Return those of some sentences that wait no longer."""
    statement = select(Message.id).where(Message.id.in_(message_ids), Message.state != "accepted")
    return list(await session.scalars(statement))


async def record(
    session: WriteSession,
    conversation_id: str,
    bubbles: Sequence[RenderedBubble],
    *,
    now: datetime,
    reply_to: str | None,
    after: int | None = None,
    author: str = "bot",
) -> list[Message]:
    """Write down what is said to the customer; the caller holds the conversation's lock.

    Args:
        after: the newest place in the conversation, when the caller knows it.
    """
    place = await last_seq(session, conversation_id) if after is None else after
    rows = [
        Message(
            id=uuid.uuid4().hex,
            conversation_id=conversation_id,
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
    """Return the variants of a phrase said in a conversation, oldest first."""
    statement = (
        select(Message.variant)
        .where(
            Message.conversation_id == conversation_id,
            Message.phrase == phrase,
            Message.version == version,
            Message.variant.is_not(None),
        )
        .order_by(Message.seq)
    )
    return [variant for variant in await session.scalars(statement) if variant is not None]


@dataclass(frozen=True)
class LastMessage:
    """The newest sentence: its place, and its text when it is the bot's, which the next bubble joins on to."""

    seq: int
    words: str


async def last_message(session: ReadSession, conversation_id: str) -> LastMessage:
    """Return the newest sentence of a conversation."""
    statement = (
        select(Message.seq, Message.direction, Message.text)
        .where(Message.conversation_id == conversation_id)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    row = (await session.execute(statement)).first()
    if row is None:
        return LastMessage(0, "")
    return LastMessage(row.seq, row.text if row.direction == "out" else "")


async def find(session: ReadSession, conversation_id: str, message_id: str) -> Message | None:
    """Return a sentence of this conversation by its id."""
    statement = select(Message).where(Message.conversation_id == conversation_id, Message.id == message_id)
    return await session.scalar(statement)
