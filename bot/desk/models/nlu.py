"""Labels that staff gave to misunderstood messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.models.base import Base


class NluLabel(Base):
    """What a message should have been understood as; the words stay where they are, and go when they go."""

    __tablename__ = "nlu_labels"

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    intent: Mapped[str] = mapped_column(String(40))
    """An intent of the domain, or `ignore`: nothing to learn from."""
    by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
