"""What waits to leave by a channel that delivers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.models.base import Base


class OutboxMessage(Base):
    """One message of a channel, made of the sentences of one answer or of a part of them."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Also the key by which the far side knows a message that is sent a second time."""
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    place: Mapped[int]
    """Order among all that is sent to the customer, from 1."""
    channel: Mapped[str] = mapped_column(String(16))
    recipient: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any] | None]
    """What the channel sends beside or instead of the text; its shape is the channel's own."""
    first_seq: Mapped[int]
    last_seq: Mapped[int]
    """What was said with the customer from here to there is in it, whole or in part."""
    reply_to: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    """`queued`, `sent`, `delivered`, `failed`."""
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    """While it is being sent: when another may take it for lost and send it again."""
    last_error: Mapped[str | None] = mapped_column(String(200))
    external_id: Mapped[str | None] = mapped_column(String(128))
    """The far side's own id of the message."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("customer_id", "place"),
        Index("ix_outbox_state", "state", "next_try_at"),
        Index("ix_outbox_external_id", "channel", "external_id"),
    )
