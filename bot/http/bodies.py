"""Read the body of a request, no further than it may be long."""

from __future__ import annotations

from fastapi import Request
from starlette.requests import ClientDisconnect

from bot.http.errors import ApiError


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body.

    Raises:
        ApiError: it is longer than `limit` bytes.
    """
    parts = bytearray()
    try:
        async for chunk in request.stream():
            parts += chunk
            if len(parts) > limit:
                raise ApiError(413, "too_large", f"the body is longer than {limit} bytes")
    except ClientDisconnect:
        raise ApiError(400, "bad_request", "the caller went away in the middle of the body") from None
    return bytes(parts)
