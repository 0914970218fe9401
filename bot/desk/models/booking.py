"""Times at which an engineer can come, and who has taken them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.models.base import Base


class ServiceSlot(Base):
    """A span of time with a capacity."""

    __tablename__ = "service_slots"

    id: Mapped[int] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(String(20))
    """`repair` or `installation`."""
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("service", "start_at"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="capacity"),
    )


class Booking(Base):
    """One visit."""

    __tablename__ = "bookings"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_number: Mapped[str] = mapped_column(ForeignKey("tickets.number"), unique=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("service_slots.id"))
    state: Mapped[str] = mapped_column(String(12))
    """`booked` or `cancelled`."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
