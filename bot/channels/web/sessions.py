"""Who is asking: `POST /api/session`, the cookie and the token of visitors."""

from __future__ import annotations

import json
import math
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection

from bot.channels.base import services_of
from bot.channels.web.access import WebAccess, access_of
from bot.channels.web.visitor_tokens import COOKIE, MAX_AGE, RENEW_AFTER
from bot.http.bodies import read_body
from bot.http.errors import ApiError, responses

_BODY_LIMIT = 4096

router = APIRouter(tags=["chat"])


class SessionRequest(BaseModel):
    """The old session of a visitor on an embedding page."""

    token: str | None = Field(None, max_length=500)


class SessionAnswer(BaseModel):
    """How the visitor is known from now on."""

    mode: Literal["cookie", "token"]
    token: str | None = None
    renew_after: int


@router.post(
    "/api/session",
    response_model=SessionAnswer,
    response_model_exclude_none=True,
    responses=responses(400, 403, 413, 422, 429),
    openapi_extra={
        "requestBody": {"content": {"application/json": {"schema": SessionRequest.model_json_schema()}}},
    },
    summary="Begin or renew a visitor's session",
)
async def begin_session(request: Request) -> Response:
    """Sign a session: as a cookie for our own pages, as a token for a shop that embeds the element."""
    access = access_of(request)
    origin = request.headers.get("origin")
    if origin is None or access.origins.is_own(origin, request.headers.get("host", "")):
        return _with_cookie(request, access)
    if not access.origins.embeds(origin):
        raise ApiError(403, "origin_refused", "this origin may not embed the chat; see LIYAN_EMBED_ORIGINS")
    return await _with_token(request, access, origin)


@router.options("/api/session", include_in_schema=False)
async def preflight_session(request: Request) -> Response:
    """Let an embedding origin ask for a session."""
    return preflight(request)


def preflight(request: Request) -> Response:
    """Answer the question that a browser asks before a call from another origin."""
    headers = cors(request)
    if headers:
        headers |= {
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "authorization, content-type",
            "Access-Control-Max-Age": "600",
        }
    return Response(status_code=204, headers=headers)


def cors(request: Request) -> dict[str, str]:
    """Return the headers that let an embedding origin read an answer."""
    origin = request.headers.get("origin", "")
    if not origin or not access_of(request).origins.embeds(origin):
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def visitor_of(connection: HTTPConnection, token: str | None = None) -> str | None:
    """Return the visitor who is asking, by token or, on our own pages only, by cookie.

    Args:
        token: of a socket's first frame; else that of the Authorization header is read.
    """
    access = access_of(connection)
    scheme, _, given = connection.headers.get("authorization", "").partition(" ")
    token = token or (given.strip() if scheme.lower() == "bearer" else None)
    if token:
        return access.tokens.read(token)
    origin = connection.headers.get("origin")
    if origin is not None and not access.origins.is_own(origin, connection.headers.get("host", "")):
        return None
    return access.tokens.read(connection.cookies.get(COOKIE))


def _with_cookie(request: Request, access: WebAccess) -> Response:
    visitor = access.tokens.read(request.cookies.get(COOKIE)) or _new_visitor(request, access)
    response = JSONResponse({"mode": "cookie", "renew_after": RENEW_AFTER}, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        COOKIE,
        access.tokens.sign(visitor),
        max_age=MAX_AGE,
        path="/",
        httponly=True,
        samesite="lax",
        secure=services_of(request).settings.secure_cookies,
    )
    return response


async def _with_token(request: Request, access: WebAccess, origin: str) -> Response:
    visitor = access.tokens.read(await _old_token(request)) or _new_visitor(request, access)
    body = {"mode": "token", "token": access.tokens.sign(visitor), "renew_after": RENEW_AFTER}
    headers = {
        "Cache-Control": "no-store",
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return JSONResponse(body, headers=headers)


def _new_visitor(request: Request, access: WebAccess) -> str:
    wait = access.session_wait(access.addresses.key_of(request))
    if wait:
        headers = {"Retry-After": str(math.ceil(wait))} | cors(request)
        raise ApiError(429, "too_many_sessions", "too many new visitors from this address, or in all", headers)
    return access.tokens.new()


async def _old_token(request: Request) -> str | None:
    raw = await read_body(request, _BODY_LIMIT)
    try:
        value: Any = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        raise ApiError(422, "invalid", "body: is no JSON in UTF-8") from None
    token = value.get("token") if isinstance(value, dict) else None
    return token if isinstance(token, str) else None
