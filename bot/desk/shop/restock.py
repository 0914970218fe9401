"""Remember who wants to be told when something is back in stock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.desk.models import RestockRequest
from bot.desk.sessions import ReadSession, WriteSession
from bot.desk.upsert import insert


async def request_restock(
    session: WriteSession, *, conversation_id: str, sku: str, phone: str | None, now: datetime
) -> RestockRequest:
    """Store the wish once for each conversation and product; a phone given later is added, one told is asked anew."""
    row = insert(session, RestockRequest).values(conversation_id=conversation_id, sku=sku, phone=phone, at=now)
    row = row.on_conflict_do_nothing(index_elements=["conversation_id", "sku"])
    await session.execute(row)
    query = select(RestockRequest).where(RestockRequest.conversation_id == conversation_id, RestockRequest.sku == sku)
    request = (await session.scalars(query)).one()
    request.phone = phone or request.phone
    request.told_at = None
    await session.flush()
    return request


async def open_requests(session: ReadSession, *, sku: str) -> list[RestockRequest]:
    """Return the wishes for a product that nobody has been told of yet, oldest first."""
    query = select(RestockRequest).where(RestockRequest.sku == sku, RestockRequest.told_at.is_(None))
    return list(await session.scalars(query.order_by(RestockRequest.at, RestockRequest.id)))
