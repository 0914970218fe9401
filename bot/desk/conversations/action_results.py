"""Let an action act once for a message, however often the turn is asked for again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from bot.desk.models import ActionResult
from bot.desk.sessions import ReadSession, WriteSession

KEEP_FOR = timedelta(days=2)
"""A turn is asked for again within minutes, or after an outage of a night."""


async def find(session: ReadSession, key: str) -> ActionResult | None:
    """Return what the action of a key did before, None when it has not run."""
    return await session.get(ActionResult, key)


async def store(
    session: WriteSession, key: str, *, events: list[dict[str, Any]], responses: list[dict[str, Any]], now: datetime
) -> None:
    """Keep what an action did, in the transaction in which it did it."""
    session.add(ActionResult(key=key, events=events, responses=responses, at=now))
    await session.flush()


async def delete_old(session: WriteSession, now: datetime) -> None:
    """Forget results that nobody asks for any more."""
    await session.execute(delete(ActionResult).where(ActionResult.at < now - KEEP_FOR))
