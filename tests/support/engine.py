"""A small engine that keeps the contract of docs/design.md and breaks when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.serving import Served

ENGINE_TOKEN = "engine-token"

Reply = Callable[[dict[str, Any]], Any]


def echo(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Answer with the customer's own words; 按钮 gets two buttons."""
    if body["text"] == "按钮":
        return [ask()]
    return [{"phrase": "test.echo", "variables": {"said": body["text"]}}]


def ask(**extra: Any) -> dict[str, Any]:
    """Return a bubble with two buttons."""
    buttons = [
        {"title_phrase": "button.return", "payload": '/inform{"wish":"return"}'},
        {"title_phrase": "button.exchange", "payload": '/inform{"wish":"exchange"}'},
    ]
    return {"phrase": "test.ask", "variables": {}, "buttons": buttons} | extra


class Engine:
    """The engine's HTTP contract: answers by `reply`, remembers by message id, and breaks when told to."""

    def __init__(self) -> None:
        """Begin as an echo."""
        self.reply: Reply = echo
        self.asked: list[dict[str, Any]] = []
        self.processed: list[str] = []
        self.broken = False
        self.waits_for: str | None = None
        """The question that a journey waits for, as the answer tells it."""
        self.hold: asyncio.Event | None = None
        self.before_answer: Callable[[], Awaitable[None]] | None = None
        self._tracker: dict[str, Any] = {}
        routes = [
            Route("/webhooks/gateway/webhook", self._webhook, methods=["POST"]),
            Route("/webhooks/gateway/", self._health),
            Route("/health", self._health),
        ]
        self._app = Starlette(routes=routes)
        self._served: Served | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen, on the same port again after a stop."""
        self._served = Served(self._app, self.port)
        self.port = self._served.port
        await self._served.start()

    async def stop(self) -> None:
        """Go away."""
        if self._served is not None:
            await self._served.stop()
            self._served = None

    @property
    def texts(self) -> list[str]:
        """Return what was asked, in order, repeats included."""
        return [body["text"] for body in self.asked]

    async def _webhook(self, request: Request) -> Response:
        assert request.headers["authorization"] == f"Bearer {ENGINE_TOKEN}"
        body = await request.json()
        self.asked.append(body)
        if self.hold is not None:
            await self.hold.wait()
        if self.broken:
            return JSONResponse({"error": "the action server does not answer"}, 500)
        if not self._tracker.get(body["message_id"]):
            self.processed.append(body["text"])
            self._tracker[body["message_id"]] = self.reply(body)
        if self.before_answer is not None:
            await self.before_answer()
        understood = {"intent": "inform", "confidence": 0.9, "ranking": [], "entities": []}
        bubbles = self._tracker[body["message_id"]]
        return JSONResponse(
            {"message_id": body["message_id"], "understood": understood, "journey": None, "asked": self.waits_for}
            | {"bubbles": bubbles}
        )

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})
