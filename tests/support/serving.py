"""Serve an application on a loopback port inside the test's own loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn

from bot.gateway.serving import server_config


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Served:
    """An ASGI application on a loopback port."""

    def __init__(self, app: Any, port: int = 0) -> None:
        """Bind the port."""
        self._app = app
        self._listener = listen(port)
        self.port: int = self._listener.getsockname()[1]
        self._task: asyncio.Task[None] | None = None
        self._server: _Server | None = None

    async def start(self) -> None:
        """Serve until stopped."""
        config = server_config(self._app)
        config.timeout_graceful_shutdown = 1
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        while not self._server.started:
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0)

    async def stop(self) -> None:
        """Stop as a process does that is told to."""
        assert self._server is not None
        assert self._task is not None
        self._server.should_exit = True
        await self._task
        self._listener.close()


def listen(port: int = 0) -> socket.socket:
    """Return a listening socket on loopback."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener
