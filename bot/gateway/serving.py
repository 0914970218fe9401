"""How the gateway is served: the bounds of connections, headers and frames."""

from __future__ import annotations

from typing import Any

import uvicorn

from bot.channels.web.frames import FRAME_LIMIT
from bot.http.connections import MOST_HEADER_BYTES, BoundedConnection

_GRACE_SECONDS = 5
"""How long turns under way may take to end when the gateway is told to stop."""


def server_config(app: Any) -> uvicorn.Config:
    """Return the server's configuration for an ASGI application."""
    return uvicorn.Config(
        app,
        http=BoundedConnection,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        ws_max_size=FRAME_LIMIT,
        log_config=None,
        access_log=False,
        server_header=False,
        # Whose X-Forwarded-For is believed is for LIYAN_TRUSTED_PROXIES to say, not for the server.
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
