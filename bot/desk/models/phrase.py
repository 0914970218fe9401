"""Revisions of phrases made in the running system, their append-only history, and what was held back on its way out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.models.base import Base
from bot.desk.models.ticket import AppendOnlyError


class PhraseRevision(Base):
    """One version of a phrase; its words never change, only its state does."""

    __tablename__ = "phrase_revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    phrase: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    scene: Mapped[str] = mapped_column(String(40))
    owner: Mapped[str] = mapped_column(String(80))
    content: Mapped[dict[str, Any]]
    """What the YAML would hold, without version and state."""
    before: Mapped[dict[str, Any] | None]
    """The same of the version it was written over (`before_version`): the files keep only the newest."""
    before_version: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12))
    """draft, reviewed, approved, scheduled or retired."""
    author: Mapped[str] = mapped_column(String(60))
    reviewer: Mapped[str | None] = mapped_column(String(60))
    approver: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    effective_at: Mapped[datetime | None]
    """From when on it is in force; empty until it is approved."""

    __table_args__ = (UniqueConstraint("phrase", "version"),)


class PhraseEvent(Base):
    """One step of a revision's life; never changed, never deleted."""

    __tablename__ = "phrase_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    phrase: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(60))
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    effective_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_phrase_events_phrase_version", "phrase", "version"),)


class Incident(Base):
    """A sentence of the bot that was held back on its way out: which rule struck, never the words."""

    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    phrase: Mapped[str] = mapped_column(String(80))
    version: Mapped[int | None]
    """Empty when the phrase was not found or not approved."""
    cause: Mapped[str] = mapped_column(String(20))
    """blocked, button, card, or the name of the phrasebook's error (NotApprovedError, UnknownPhraseError …)."""
    hits: Mapped[list[Any]]
    """kind, family, entry, level and how of each rule that struck."""
    said: Mapped[str | None] = mapped_column(String(80))
    """The phrase that left instead; empty when nothing did."""


CONTENT: Final = ("phrase", "version", "scene", "owner", "content", "before", "before_version", "author", "reason")


def _keep(_mapper: object, _connection: object, target: PhraseRevision) -> None:
    state = inspect(target)
    changed = [name for name in CONTENT if state.attrs[name].history.has_changes()]
    if changed:
        raise AppendOnlyError(
            f"{target.phrase} version {target.version}: {', '.join(changed)} never change: draft a new version instead"
        )


def _refuse(_mapper: object, _connection: object, target: PhraseEvent | PhraseRevision | Incident) -> None:
    raise AppendOnlyError(f"{target.__tablename__} of {target.phrase} is append-only: add a new row instead")


event.listen(PhraseRevision, "before_update", _keep)
event.listen(PhraseRevision, "before_delete", _refuse)
for _table in (PhraseEvent, Incident):
    event.listen(_table, "before_update", _refuse)
    event.listen(_table, "before_delete", _refuse)
