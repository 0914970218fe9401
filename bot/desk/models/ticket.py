"""Tickets and their append-only history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.models.base import Base


class Ticket(Base):
    """A promise to a customer: what is to be done, for whom, until when."""

    __tablename__ = "tickets"

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """Conversation, kind and id of the confirming message: one ticket however often the action runs."""
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    class_: Mapped[str | None] = mapped_column("class", String(20))
    weight: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(16))
    sender: Mapped[str] = mapped_column(String(200), index=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    order_number: Mapped[str | None] = mapped_column(String(20))
    phone: Mapped[str | None] = mapped_column(String(20))
    fields: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    first_reply_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    solved_at: Mapped[datetime | None]
    urged: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index("ix_tickets_state_due_at", "state", "due_at"),)


class TicketEvent(Base):
    """One line of a ticket's history; never changed, never deleted."""

    __tablename__ = "ticket_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_number: Mapped[str] = mapped_column(ForeignKey("tickets.number"), index=True)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(60))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(Text)


class AppendOnlyError(RuntimeError):
    """Raised when somebody tries to change or delete a line of history."""


def _refuse(_mapper: object, _connection: object, target: TicketEvent) -> None:
    raise AppendOnlyError(f"history of ticket {target.ticket_number} is append-only: add a new line instead")


event.listen(TicketEvent, "before_update", _refuse)
event.listen(TicketEvent, "before_delete", _refuse)
