"""A real gateway on a loopback port, and a small engine that keeps the contract of docs/design.md."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import uvicorn
import websockets
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.desk.database import Database
from bot.desk.models import Base
from bot.gateway.app import create_app
from bot.gateway.house import House, build
from bot.gateway.options import Options
from bot.gateway.turn import Patience
from bot.settings import Settings

TOKEN = "test-token"
ENGINE_TOKEN = "engine-token"
SHOP = "https://shop.example"
QUICK = Patience(first=0.01, longest=0.05, faults=1000, sweep=0.05)

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
        config = uvicorn.Config(self._app, log_config=None, ws_max_size=128 * 1024, timeout_graceful_shutdown=1)
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


class Engine:
    """The engine's HTTP contract: answers by `reply`, remembers by message id, and breaks when told to."""

    def __init__(self) -> None:
        """Begin as an echo."""
        self.reply: Reply = echo
        self.asked: list[dict[str, Any]] = []
        self.processed: list[str] = []
        self.broken = False
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
        if body["message_id"] not in self._tracker:
            self.processed.append(body["text"])
            self._tracker[body["message_id"]] = self.reply(body)
        if self.before_answer is not None:
            await self.before_answer()
        understood = {"intent": "inform", "confidence": 0.9, "ranking": [], "entities": []}
        bubbles = self._tracker[body["message_id"]]
        return JSONResponse(
            {"message_id": body["message_id"], "understood": understood, "journey": None, "asked": None}
            | {"bubbles": bubbles}
        )

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})


class Stage:
    """A gateway, its engine and its records."""

    def __init__(self, folder: Path, words: Path, **settings: Any) -> None:
        """Prepare; nothing runs yet."""
        self.engine = Engine()
        self.folder = folder
        self._words = words
        self._settings = settings
        self.database = Database(self.url)
        self.port = 0
        self._served: Served | None = None
        self.house: House
        self.http: httpx.AsyncClient

    @property
    def url(self) -> str:
        """Return the URL of the records."""
        return str(self._settings.get("database_url") or f"sqlite+aiosqlite:///{self.folder / 'liyan.db'}")

    async def open(self, *, patience: Patience = QUICK) -> None:
        """Make the tables and start both servers."""
        async with self.database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await self.engine.start()
        await self.start(patience=patience)

    async def start(self, *, patience: Patience = QUICK) -> None:
        """Start the gateway, on the same port again after a stop."""
        values: dict[str, Any] = {
            "var": self.folder,
            "engine_port": self.engine.port,
            "actions_port": self.engine.port,
            "phrasebook": self._words,
            "api_token": SecretStr(TOKEN),
            "engine_token": SecretStr(ENGINE_TOKEN),
            "secret": SecretStr("x" * 40),
            "reply_timeout": 5.0,
            "engine_timeout": 2.0,
            "database_url": self.url,
        }
        settings = Settings(_env_file=None, **(values | self._settings))
        self.house = build(settings, Options(_env_file=None, embed_origins=SHOP), patience=patience)
        self._served = Served(create_app(settings, house=self.house), self.port)
        self.port = self._served.port
        await self._served.start()
        self.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=10)

    async def stop(self) -> None:
        """Stop the gateway only."""
        if self._served is not None:
            await self.http.aclose()
            await self._served.stop()
            self._served = None

    async def close(self) -> None:
        """Stop everything."""
        if self.engine.hold is not None:
            self.engine.hold.set()
        await self.stop()
        await self.engine.stop()
        await self.database.close()

    async def post(self, message: str, sender: str = "王芳", **extra: Any) -> list[dict[str, Any]]:
        """Say something by REST and return the bubbles."""
        response = await self.raw_post({"sender": sender, "message": message} | extra)
        assert response.status_code == 200, response.text
        bubbles: list[dict[str, Any]] = response.json()
        return bubbles

    async def raw_post(self, body: Any, token: str = TOKEN) -> httpx.Response:
        """Say something by REST and return the whole answer."""
        return await self.http.post(
            "/webhooks/rest/webhook",
            content=body if isinstance(body, bytes) else json.dumps(body),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )

    async def cookie(self) -> str:
        """Begin a visitor's session on our own page and return its cookie."""
        response = await self.http.post("/api/session", json={})
        self.http.cookies.clear()
        return str(response.cookies["liyan_visitor"])

    @contextlib.asynccontextmanager
    async def chat(self, cookie: str | None = None, after: int | None = None) -> AsyncIterator[Chat]:
        """Open the chat as a page of ours does."""
        chosen = cookie or await self.cookie()
        async with self.socket(cookie=chosen) as line:
            chat = Chat(line, chosen)
            await chat.send({"type": "hello"} | ({} if after is None else {"after": after}))
            chat.ready = await chat.expect("ready")
            yield chat

    def socket(self, cookie: str | None = None, origin: str | None = None) -> Any:
        """Connect a bare web socket."""
        headers = {"Cookie": f"liyan_visitor={cookie}"} if cookie else {}
        return websockets.connect(
            f"ws://127.0.0.1:{self.port}/ws/chat",
            additional_headers=headers,
            origin=websockets.Origin(origin or f"http://127.0.0.1:{self.port}"),
            proxy=None,
        )


class Chat:
    """One open page of a visitor."""

    def __init__(self, line: websockets.ClientConnection, cookie: str) -> None:
        """Keep the line."""
        self.line = line
        self.cookie = cookie
        self.ready: dict[str, Any] = {}
        self._count = 0

    async def send(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        await self.line.send(json.dumps(frame))

    async def say(self, text: str, client_id: str | None = None) -> str:
        """Send a sentence and return its id."""
        self._count += 1
        chosen = client_id or f"c{id(self)}-{self._count}"
        await self.send({"type": "message", "client_id": chosen, "text": text})
        return chosen

    async def next(self) -> dict[str, Any]:
        """Wait for the next frame."""
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(self.line.recv(), 5))
        return frame

    async def expect(self, kind: str) -> dict[str, Any]:
        """Wait for the next frame of a kind, others passed over."""
        while True:
            frame = await self.next()
            if frame["type"] == kind:
                return frame

    async def bubble(self) -> dict[str, Any]:
        """Wait for the next sentence of the bot."""
        while True:
            frame = await self.expect("message")
            if frame["message"]["from"] == "bot":
                bubble: dict[str, Any] = frame["message"] | {"live": frame["live"]}
                return bubble


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so, at most five seconds."""
    async with asyncio.timeout(5):
        while not await condition():
            await asyncio.sleep(0.01)
