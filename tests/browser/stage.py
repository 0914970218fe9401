"""A stand-in for the gateway that speaks docs/protocol.md, so that the element is tested alone and every moment can be staged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from phrasebook.china_time import SHANGHAI
from tests.browser.host import PATIENCE, Host

WEB = Path(__file__).resolve().parents[2] / "bot" / "web"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=SHANGHAI)
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"

Frame = dict[str, Any]


@dataclass
class Script:
    """What the stand-in is told to do; a test changes it as the scene goes."""

    acks: bool = True
    echo: bool = True
    pongs: bool = True
    refuse: str | None = None
    accepting: bool = True
    session_status: int = 200
    history_status: int = 200
    shop_status: int = 200
    embedders: set[str] = field(default_factory=set)
    products: list[Frame] = field(default_factory=list)


class Stage:
    """Hold one visitor's conversation and play the server."""

    def __init__(self) -> None:
        """Start on a free port of loopback."""
        self.script = Script()
        self.messages: list[Frame] = []
        self.live: str | None = None
        self.unread = 0
        self.received: list[Frame] = []
        self.sessions: list[Frame] = []
        self._sockets: set[WebSocket] = set()
        self._changed = threading.Condition()
        self._host = Host(self._app())

    @property
    def url(self) -> str:
        """Return the base address."""
        return self._host.url

    def close(self) -> None:
        """Stop the server."""
        self._host.close()

    def reset(self) -> None:
        """Clear the stage for the next test."""
        self.cut(1012)
        self.script = Script()
        self.messages, self.live, self.unread = [], None, 0
        self.received, self.sessions = [], []

    def bot(self, text: str, *, past: bool = False, **more: Any) -> Frame:
        """Let the bot (or `author="staff"`) say something; `past` puts it into the history without pushing it."""
        turn = more.pop("turn", f"turn-{len(self.messages) + 1}")
        author = more.pop("author", "bot")
        message = self._message(author, text, turn=turn, **more)
        self.live = turn
        if past:
            return message
        self.unread += 1
        self.push({"type": "message", "message": message, "live": self.live, "unread": self.unread})
        return message

    def customer(self, text: str, client_id: str | None = None) -> Frame:
        """Put a sentence of the customer into the history."""
        return self._message("customer", text, client_id=client_id)

    def _message(self, author: str, text: str, **more: Any) -> Frame:
        seq = len(self.messages) + 1
        at = more.pop("at", (NOON + timedelta(seconds=20 * seq)).isoformat())
        message = {
            "id": f"m{seq}", "seq": seq, "from": author, "name": None, "text": text, "at": at, "client_id": None, "turn": None,
            "buttons": [], "custom": None, "ticket": None, "phrase": None, "version": None, **more,
        }  # fmt: skip
        self.messages.append(message)
        return message

    def push(self, frame: Frame) -> None:
        """Send one frame to every open socket."""
        self._host.run(self._push(frame))

    def typing(self, on: bool) -> None:
        """Show or take away the typing sign."""
        self.push({"type": "typing", "on": on})

    def cut(self, code: int) -> None:
        """Close every socket with a code."""
        self._host.run(self._cut(code))

    def wait(self, seen: Callable[[], bool], what: str) -> None:
        """Wait until the element has sent what is expected.

        Raises:
            AssertionError: when it does not come; says what did.
        """
        with self._changed:
            assert self._changed.wait_for(seen, PATIENCE), f"{what} did not come; received: {self.received}"

    def frames(self, kind: str) -> list[Frame]:
        """Return the frames of one type received so far."""
        return [frame for frame in list(self.received) if frame.get("type") == kind]

    def wait_frames(self, kind: str, count: int = 1) -> list[Frame]:
        """Wait for so many frames of one type."""
        self.wait(lambda: len(self.frames(kind)) >= count, f"{count} × {kind}")
        return self.frames(kind)

    async def _push(self, frame: Frame) -> None:
        for socket in list(self._sockets):
            await socket.send_json(frame)

    async def _cut(self, code: int) -> None:
        for socket in list(self._sockets):
            self._sockets.discard(socket)
            await socket.close(code)

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self._page),
                Route("/api/session", self._session, methods=["POST", "OPTIONS"]),
                Route("/api/history", self._history),
                Route("/api/shop", self._shop),
                Route("/api/products", self._products),
                WebSocketRoute("/ws/chat", self._talk),
                Mount("/static", Static(directory=WEB / "static")),
            ]
        )

    async def _page(self, _: Request) -> Response:
        return FileResponse(WEB / "shop" / "index.html", headers={"content-security-policy": POLICY})

    async def _session(self, request: Request) -> Response:
        origin = request.headers.get("origin", "")
        headers = {"access-control-allow-origin": origin, "access-control-allow-headers": "content-type,authorization"}
        if request.method == "OPTIONS":
            return Response(headers=headers)
        self._note(self.sessions, await request.json())
        foreign = origin != self.url
        if foreign and origin not in self.script.embedders:
            return JSONResponse({"error": {"code": "origin_refused", "message": ""}}, 403, headers)
        if self.script.session_status != 200:
            return _down(self.script.session_status)
        if foreign:
            return JSONResponse({"mode": "token", "token": "signed-token", "renew_after": 86400}, headers=headers)
        return JSONResponse({"mode": "cookie", "renew_after": 86400})

    async def _history(self, request: Request) -> Response:
        if self.script.history_status != 200:
            return _down(self.script.history_status)
        before = int(request.query_params.get("before", len(self.messages) + 1))
        limit = int(request.query_params.get("limit", 50))
        older = self.messages[: before - 1]
        return JSONResponse({"messages": older[-limit:], "more": len(older) > limit, "live": self.live})

    async def _shop(self, _: Request) -> Response:
        if self.script.shop_status != 200:
            return _down(self.script.shop_status)
        shop = {"name": "礼言生活馆", "phone": "400-000-1888", "hours": "周一至周五 9:00—18:00", "promotions": []}
        categories = list(dict.fromkeys(product["category"] for product in self.script.products))
        return JSONResponse({"shop": shop, "categories": categories})

    async def _products(self, request: Request) -> Response:
        wanted = request.query_params.getlist("sku")
        found = [product for product in self.script.products if not wanted or product["sku"] in wanted]
        return JSONResponse({"products": found})

    async def _talk(self, socket: WebSocket) -> None:
        await socket.accept()
        if not self.script.accepting:
            await socket.close(1013)
            return
        try:
            while True:
                frame = await socket.receive_json()
                self._note(self.received, frame)
                await self._answer(socket, frame)
        except WebSocketDisconnect:
            self._sockets.discard(socket)

    async def _answer(self, socket: WebSocket, frame: Frame) -> None:
        kind = frame["type"]
        if kind == "hello":
            await socket.send_json(self._ready(frame.get("after")))
            self._sockets.add(socket)
        elif kind in {"message", "button"}:
            await self._take(socket, frame)
        elif kind == "ping" and self.script.pongs:
            await socket.send_json({"type": "pong"})
        elif kind == "read":
            self.unread = 0
            await self._push({"type": "read", "seq": frame["seq"], "unread": 0})

    def _ready(self, after: int | None) -> Frame:
        shown = self.messages[after:] if after else self.messages[-50:]
        more = not after and len(self.messages) > len(shown)
        return {
            "type": "ready", "messages": shown, "reset": not after, "more": more, "live": self.live, "unread": self.unread,
            "read_seq": 0, "typing": False, "limits": {"text": 2000, "messages": 20, "seconds": 10},
        }  # fmt: skip

    async def _take(self, socket: WebSocket, frame: Frame) -> None:
        client_id = frame["client_id"]
        if self.script.refuse:
            refused = {"type": "refused", "client_id": client_id, "reason": self.script.refuse, "retry_after": 1}
            await socket.send_json(refused)
            return
        known = next((message for message in self.messages if message["client_id"] == client_id), None)
        message = known or self._message("customer", self._words(frame), client_id=client_id)
        if self.script.acks:
            ack = {"type": "ack", "client_id": client_id, "duplicate": bool(known)}
            await socket.send_json(ack | {key: message[key] for key in ("id", "seq", "at")})
        if self.script.echo and not known:
            await self._push({"type": "message", "message": message, "live": self.live, "unread": self.unread})

    def _words(self, frame: Frame) -> str:
        """Return the sentence, or the title of the button that was pressed."""
        if frame["type"] == "message":
            return str(frame["text"])
        offered = next(message for message in self.messages if message["id"] == frame["message_id"])
        titles = [button["title"] for button in offered["buttons"] if button["payload"] == frame["payload"]]
        return str(titles[0]) if titles else "已选择"

    def _note(self, notes: list[Frame], frame: Frame) -> None:
        with self._changed:
            notes.append(frame)
            self._changed.notify_all()


def _down(status: int) -> Response:
    return JSONResponse({"error": {"code": "database_down", "message": ""}}, status)


class Static(StaticFiles):
    """Serve the element so that other origins may load it."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Add the headers of docs/protocol.md."""
        response = super().file_response(*args, **kwargs)
        response.headers["access-control-allow-origin"] = "*"
        response.headers["cache-control"] = "no-cache"
        return response
