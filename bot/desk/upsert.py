"""`INSERT … ON CONFLICT` on both databases: the one statement that is atomic everywhere."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite

from bot.desk.models import Base
from bot.desk.sessions import WriteSession


def insert(session: WriteSession, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return the dialect's insert, which knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    if session.dialect == "postgresql":
        return postgresql.insert(table.__table__)  # type: ignore[arg-type]  # a mapped table, never an alias
    return sqlite.insert(table.__table__)  # type: ignore[arg-type]  # as above
