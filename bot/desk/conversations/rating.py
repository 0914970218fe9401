"""Keep customers' scores."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.desk.models import Rating
from bot.desk.sessions import WriteSession
from bot.desk.upsert import insert


async def rate(
    session: WriteSession,
    *,
    conversation_id: str,
    message_id: str,
    score: int,
    comment: str | None = None,
    now: datetime,
    ticket_number: str | None = None,
) -> Rating:
    """Store the score given with a message; the same message scores once.

    Raises:
        ValueError: the score is not 1 to 5.
    """
    if not 1 <= score <= 5:
        raise ValueError(f"rating {score}: must be 1 to 5")
    row = insert(session, Rating).values(
        conversation_id=conversation_id,
        message_id=message_id,
        ticket_number=ticket_number,
        score=score,
        comment=comment,
        at=now,
    )
    await session.execute(row.on_conflict_do_nothing(index_elements=["message_id"]))
    return (await session.scalars(select(Rating).where(Rating.message_id == message_id))).one()
