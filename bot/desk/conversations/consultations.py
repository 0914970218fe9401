"""Record what was asked and whether the shop's data had the answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.desk.models import Consultation
from bot.desk.sessions import WriteSession
from bot.desk.upsert import insert


async def record(
    session: WriteSession,
    *,
    conversation_id: str,
    message_id: str,
    topic: str,
    answered: bool,
    subject: str | None = None,
    now: datetime,
) -> Consultation:
    """Store a question of a message once for each topic.

    Args:
        topic: intent or topic of the answer.
        subject: SKU or order number asked about.
    """
    row = insert(session, Consultation).values(
        conversation_id=conversation_id,
        message_id=message_id,
        topic=topic,
        answered=answered,
        subject=subject,
        at=now,
    )
    await session.execute(row.on_conflict_do_nothing(index_elements=["conversation_id", "message_id", "topic"]))
    query = select(Consultation).where(
        Consultation.conversation_id == conversation_id,
        Consultation.message_id == message_id,
        Consultation.topic == topic,
    )
    return (await session.scalars(query)).one()
