"""What was ever said with a visitor, page by page."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.responses import Response

from bot.channels.base import services_of
from bot.channels.web.access import WEB
from bot.channels.web.message_view import web_message
from bot.channels.web.sessions import cors, preflight, visitor_of
from bot.desk.conversations import buttons, conversations, customers, transcripts
from bot.http.errors import ApiError, responses

PAGE_LIMIT = 100
_SEQ_LIMIT = 2**31 - 1

router = APIRouter(tags=["chat"])


class History(BaseModel):
    """Sentences in order."""

    messages: list[dict[str, Any]]
    more: bool
    live: str | None


@router.get(
    "/api/history",
    response_model=History,
    responses=responses(401, 422, 503),
    summary="Read the visitor's own conversation backwards",
)
async def history(
    request: Request,
    before: Annotated[int | None, Query(ge=1, le=_SEQ_LIMIT, description="Only sentences before this place.")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
) -> Response:
    """Return the newest sentences, or those before a place; never anyone else's."""
    services = services_of(request)
    visitor = visitor_of(request)
    if visitor is None:
        raise ApiError(401, "unauthorized", "no valid session; POST /api/session first", cors(request))
    headers = {"Cache-Control": "no-store"} | cors(request)
    async with services.database.reading() as session:
        customer = await customers.find(session, channel=WEB, sender=visitor)
        if customer is None:
            return JSONResponse({"messages": [], "more": False, "live": None}, headers=headers)
        page = await transcripts.page(session, customer.id, before=before, limit=limit)
        live = await buttons.live_turn(session, await conversations.current(session, customer.id))
    waiting = [row.id for row in page.messages if row.direction == "out" and row.state == "queued"]
    if waiting:
        async with services.database.session() as session:
            await transcripts.mark_delivered(session, waiting)
    messages = [web_message(row) for row in page.messages]
    return JSONResponse({"messages": messages, "more": page.more, "live": live.turn}, headers=headers)


@router.options("/api/history", include_in_schema=False)
async def preflight_history(request: Request) -> Response:
    """Let an embedding origin read its visitor's history."""
    return preflight(request)
