"""Servers of the browser tests, each in a thread of its own on a free port of loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PATIENCE = 10.0
"""Seconds to wait for what should come at once."""


class Announcing(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, app: Starlette) -> None:
        """Prepare for a free port of loopback."""
        self.listening = threading.Event()
        super().__init__(
            uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off", ws="websockets-sansio")
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self.listening.set()


class Host:
    """Run an application on a free port in a thread of its own."""

    def __init__(self, app: Starlette) -> None:
        """Start and wait until it listens."""
        self._loop = asyncio.new_event_loop()
        self._server = Announcing(app)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._server.listening.wait(PATIENCE), "the server did not start"
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.serve())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine on the server's loop and wait for it."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def close(self) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the server did not stop"


def foreign_page(script: str, policy: str) -> Host:
    """Serve a shop of another origin that embeds the element with one script tag."""
    tag = f'<script type="module" src="{script}"></script>'
    page = f'<!doctype html><html lang="zh-CN"><title>别家的店</title><body>{tag}</body></html>'

    async def show(_: Request) -> Response:
        return HTMLResponse(page, headers={"content-security-policy": policy})

    return Host(Starlette(routes=[Route("/", show)]))
