"""Conversations read back: pages of history, what is unread or undelivered, the transcript."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, union, update

from bot.desk.conversations.ownership import owner_of
from bot.desk.models import Conversation, Message
from bot.desk.sessions import ReadSession, WriteSession
from phrasebook.china_time import SHANGHAI


@dataclass(frozen=True)
class Page:
    """Some sentences in order; `more` when there are older ones."""

    messages: list[Message]
    more: bool


async def page(session: ReadSession, customer_id: str, *, before: int | None, limit: int) -> Page:
    """Return the newest messages said with a customer, or those before a place, whatever conversation holds them."""
    statement = select(Message).where(Message.customer_id == customer_id)
    if before is not None:
        statement = statement.where(Message.seq < before)
    rows = list(await session.scalars(statement.order_by(Message.seq.desc()).limit(limit + 1)))
    return Page(rows[:limit][::-1], more=len(rows) > limit)


async def since(session: ReadSession, customer_id: str, *, after: int, limit: int) -> list[Message]:
    """Return the messages said with a customer after a place, oldest first."""
    statement = (
        select(Message)
        .where(Message.customer_id == customer_id, Message.seq > after)
        .order_by(Message.seq)
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def due(session: ReadSession, customer_id: str, message_id: str) -> list[Message]:
    """Return what the caller who sent a sentence is to be handed: its answer, and whatever was not delivered yet."""
    waiting = select(Message.id).where(
        Message.customer_id == customer_id, Message.direction == "out", Message.state == "queued"
    )
    answer = select(Message.id).where(Message.customer_id == customer_id, Message.reply_to == message_id)
    # Two looks by an index each: as one condition with OR it would go through all that was ever said.
    statement = select(Message).where(Message.id.in_(union(waiting, answer))).order_by(Message.seq)
    return list(await session.scalars(statement))


async def mark_delivered(session: WriteSession, message_ids: Collection[str]) -> None:
    """Note that the customer's side has been handed these."""
    if message_ids:
        await session.execute(
            update(Message)
            .where(Message.id.in_(message_ids), Message.state == "queued")
            .values(state="delivered")
            .execution_options(synchronize_session=False)
        )


async def mark_read(session: WriteSession, customer_id: str, *, seq: int, now: datetime) -> None:
    """Note that the customer has seen everything up to a place, and so has been handed it."""
    await session.execute(
        update(Message)
        .where(
            Message.customer_id == customer_id,
            Message.direction == "out",
            Message.seq <= seq,
            Message.read_at.is_(None),
        )
        .values(read_at=now, state="delivered")
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class ReadState:
    """How far the customer has read."""

    unread: int
    read_seq: int


async def read_state(session: ReadSession, customer_id: str) -> ReadState:
    """Count what the customer has not seen."""
    out = (Message.customer_id == customer_id, Message.direction == "out")
    unread = select(func.count(), func.min(Message.seq)).where(*out, Message.read_at.is_(None))
    count, first = (await session.execute(unread)).one()
    # Read is a beginning of what was said (`mark_read`), so the last one read stands before the first unread.
    read = select(Message.seq).where(*out).order_by(Message.seq.desc()).limit(1)
    read_seq = await session.scalar(read if first is None else read.where(Message.seq < first))
    return ReadState(count, read_seq or 0)


async def listing(session: ReadSession, *, limit: int | None = None) -> list[dict[str, Any]]:
    """Return all conversations, the one spoken in last first."""
    count = func.count(Message.id)
    statement = (
        select(Conversation, count)
        .outerjoin(Message, Message.conversation_id == Conversation.id)
        .group_by(Conversation.id)
        .order_by(Conversation.last_at.desc(), Conversation.id)
        .limit(limit)
    )
    return [_head(row, messages) for row, messages in await session.execute(statement)]


async def transcript(session: ReadSession, key: str) -> dict[str, Any] | None:
    """Return a conversation with everything said in it; `key` is its id or the caller's name for it."""
    conversation = await _find(session, key)
    if conversation is None:
        return None
    in_order = select(Message).where(Message.conversation_id == conversation.id).order_by(Message.seq)
    messages = list(await session.scalars(in_order))
    head = _head(conversation, len(messages))
    return head | {"messages": _lines(messages)}


async def head(session: ReadSession, key: str) -> dict[str, Any] | None:
    """Return who speaks in a conversation, who owns it and when it ended; `key` is its id or the caller's name."""
    conversation = await _find(session, key)
    if conversation is None:
        return None
    count = select(func.count()).where(Message.conversation_id == conversation.id)
    return _head(conversation, await session.scalar(count) or 0)


async def _find(session: ReadSession, key: str) -> Conversation | None:
    statement = select(Conversation).where(or_(Conversation.id == key, Conversation.sender == key))
    found = list(await session.scalars(statement.order_by(Conversation.last_at.desc())))
    # An id is certain; a sender has several conversations, then the newest is meant.
    return next((row for row in found if row.id == key), found[0] if found else None)


def _head(conversation: Conversation, messages: int) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "channel": conversation.channel,
        "sender": conversation.sender,
        "owner": str(owner_of(conversation)),
        "created_at": _iso(conversation.created_at),
        "last_at": _iso(conversation.last_at),
        "ended_at": None if conversation.ended_at is None else _iso(conversation.ended_at),
        "ended_by": conversation.ended_by,
        "messages": messages,
    }


def _lines(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [_bot_line(row) if row.direction == "out" else _customer_line(row) for row in messages]


def _customer_line(message: Message) -> dict[str, Any]:
    understood = message.understood or {}
    return _line(message) | {
        "intent": understood.get("intent"),
        "confidence": understood.get("confidence"),
        "entities": understood.get("entities", []),
        "payload": message.payload,
        "client_id": message.client_id,
    }


def _bot_line(message: Message) -> dict[str, Any]:
    return _line(message) | {
        "phrase": message.phrase,
        "version": message.version,
        "variant": message.variant,
        "verdict": (message.verdict or {}).get("verdict"),
        "reply_to": message.reply_to,
        "ticket": (message.custom or {}).get("ticket"),
    }


def _line(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "seq": message.seq,
        "direction": message.direction,
        "author": message.author,
        "text": message.text,
        "at": _iso(message.at),
        "state": message.state,
    }


def _iso(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")
