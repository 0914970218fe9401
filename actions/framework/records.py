"""The action server's door to the records."""

from __future__ import annotations

from functools import lru_cache

from bot.desk.database import Database
from bot.settings import settings


@lru_cache(maxsize=1)
def database() -> Database:
    """Return the process's database; it connects at the first session."""
    return Database(settings().database)
