"""HTTP connections that must say what they want: bounded request headers, and a time for each request."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from websockets.http11 import MAX_LINE_LENGTH, MAX_NUM_HEADERS

MOST_HEADER_BYTES = 32 * 1024
"""Longest head of a request, its first line and all headers."""
REQUEST_SECONDS = 20.0
"""A request must have come whole, head and body, this long after the connection or its first byte."""


class BoundedConnection(H11Protocol):
    """Close connections that stay silent or drip; refuse handshakes that no web socket library can read."""

    request_seconds = REQUEST_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._expect_request()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request; the time for the next request begins with its first byte."""
        if self._deadline is None and self.conn.their_state is h11.IDLE:
            self._expect_request()
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._stop_waiting()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection to the web socket, if its library can read the handshake."""
        if _is_readable(event):
            super().handle_websocket_upgrade(event)
        else:
            self.send_400_response("Invalid web socket handshake received.")

    def _expect_request(self) -> None:
        self._deadline = self.loop.call_later(self.request_seconds, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _is_readable(handshake: h11.Request) -> bool:
    """Tell whether a handshake is short enough for the library, and its own fields are ASCII (RFC 6455, 4.3)."""
    lines = handshake.headers
    return (
        len(handshake.target) + len(b"GET  HTTP/1.1") <= MAX_LINE_LENGTH
        and len(lines) <= MAX_NUM_HEADERS
        and all(len(name) + len(b": ") + len(value) <= MAX_LINE_LENGTH for name, value in lines)
        and all(value.isascii() for name, value in lines if name.lower().startswith(b"sec-websocket-"))
    )
