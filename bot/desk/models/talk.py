"""Customers, conversations and what was said in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.models.base import Base

_OPEN = text("ended_at IS NULL")


class Customer(Base):
    """A person as far as we know them: one row for each visitor key or account of a channel."""

    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    sender: Mapped[str] = mapped_column(String(200))
    name: Mapped[str | None] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(200))
    """Name, phone and address as the customer told them: what the next conversation begins with."""
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("channel", "sender"),)


class Conversation(Base):
    """One case of a customer: begun by a message, ended by a silence or by its owner; one at a time is open."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    channel: Mapped[str] = mapped_column(String(16))
    sender: Mapped[str] = mapped_column(String(200))
    owner_kind: Mapped[str] = mapped_column(String(8), default="bot")
    """Who answers: `bot`, `queue` or `staff`."""
    owner_name: Mapped[str | None] = mapped_column(String(60))
    """The member of staff."""
    created_at: Mapped[datetime]
    last_at: Mapped[datetime]
    welcomed_at: Mapped[datetime | None]
    network_key: Mapped[str | None] = mapped_column(String(32))
    """Key of the network address from which the customer wrote last; empty where a caller speaks for its customers."""
    outage_told_at: Mapped[datetime | None]
    """When the apology of the present outage was sent; empty while the engine answers."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(60))
    """`silence`, or who ended it."""

    __table_args__ = (
        Index("ix_conversations_last_at", "last_at"),
        Index("ix_conversations_customer_id", "customer_id"),
        Index("uq_conversations_open", "customer_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )


class StaffAction(Base):
    """What a person did with a conversation; rows are only added."""

    __tablename__ = "staff_actions"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(12))
    """`taken`, `queued`, `transferred`, `given_back`, `ended`, or `said`."""
    from_kind: Mapped[str] = mapped_column(String(8))
    from_name: Mapped[str | None] = mapped_column(String(60))
    to_kind: Mapped[str] = mapped_column(String(8))
    to_name: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(String(500), default="")


class Message(Base):
    """One sentence in or out; what came in is here before anything is done with it."""

    __tablename__ = "messages"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    seq: Mapped[int]
    """Place in all that was said with the customer, from 1: to them their conversations are one talk."""
    direction: Mapped[str] = mapped_column(String(3))
    """`in` or `out`."""
    author: Mapped[str] = mapped_column(String(60))
    """`customer`, `bot`, or a member of staff."""
    text: Mapped[str] = mapped_column(Text)
    """In: at most the first `TEXT_LIMIT` characters."""
    length: Mapped[int | None]
    """In: how many characters were sent."""
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    """In: `accepted` while it waits, then `answered`, `failed`, `for_staff` (the bot was not asked) or `withheld` (the
    bot's answer came after staff had taken over). Out: `queued`, `sent`, `delivered`, `failed`."""
    read_at: Mapped[datetime | None]
    """Out: when the customer was known to have seen it."""
    client_id: Mapped[str | None] = mapped_column(String(80))
    """The sender's own id of the message: the key of de-duplication."""
    payload: Mapped[str | None] = mapped_column(String(500))
    """In: the button's payload when a button was pressed."""
    understood: Mapped[dict[str, Any] | None]
    """In: intent, confidence, ranking, entities."""
    reply_to: Mapped[str | None] = mapped_column(String(32))
    phrase: Mapped[str | None] = mapped_column(String(80))
    version: Mapped[int | None]
    variant: Mapped[int | None]
    variables: Mapped[dict[str, Any] | None]
    verdict: Mapped[dict[str, Any] | None]
    """Out: the result of the check."""
    buttons: Mapped[list[Any] | None]
    custom: Mapped[dict[str, Any] | None]

    __table_args__ = (
        UniqueConstraint("customer_id", "seq"),
        UniqueConstraint("customer_id", "client_id"),
        Index("ix_messages_conversation_id_seq", "conversation_id", "seq"),
        Index("ix_messages_state", "state", "conversation_id", "seq"),
        Index("ix_messages_phrase", "conversation_id", "phrase", "seq"),
        Index("ix_messages_queued", "customer_id", "direction", "state"),
        Index("ix_messages_unread", "customer_id", "direction", "read_at"),
        Index("ix_messages_reply_to", "reply_to"),
    )


class Consultation(Base):
    """A question of a customer and whether it was answered, without a ticket."""

    __tablename__ = "consultations"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[str] = mapped_column(String(32))
    topic: Mapped[str] = mapped_column(String(40))
    answered: Mapped[bool]
    subject: Mapped[str | None] = mapped_column(String(80))
    """SKU or order number asked about."""
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("conversation_id", "message_id", "topic"),)


class ProofAttempt(Base):
    """One try to prove an order or ticket with the last four digits of its phone."""

    __tablename__ = "proof_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    visitor: Mapped[str] = mapped_column(String(32), index=True)
    """The customer's id: the same in all conversations of a sender."""
    number: Mapped[str] = mapped_column(String(32), index=True)
    ok: Mapped[bool]
    at: Mapped[datetime]


class ProofLock(Base):
    """Wrong tries of a visitor, on a number, from an address or in all, and until when the next one has to wait.

    The row is written first in every check, so two checks at once wait for each other and none is lost.
    """

    __tablename__ = "proof_locks"

    scope: Mapped[str] = mapped_column(String(12), primary_key=True)
    """`visitor`, `number`, `address` or `all`."""
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    wrong: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    """From here counts the time after which a wrong try is forgiven."""
    locked_until: Mapped[datetime | None]


class Rating(Base):
    """A customer's score of a conversation."""

    __tablename__ = "ratings"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[str] = mapped_column(String(32), unique=True)
    ticket_number: Mapped[str | None] = mapped_column(String(20))
    score: Mapped[int]
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]


class ActionResult(Base):
    """What an action did and said for a message: asked again after a failure it answers the same, and does nothing."""

    __tablename__ = "action_results"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    """Message, action, and whether it came back to a case that waited."""
    events: Mapped[list[Any]]
    responses: Mapped[list[Any]]
    at: Mapped[datetime] = mapped_column(index=True)
