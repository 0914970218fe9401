"""A real gateway on a loopback port with its engine, and a page of its chat."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import websockets
from pydantic import SecretStr

from bot.channels.base import HttpChannel
from bot.channels.registry import make_channels
from bot.channels.web.access import WebAccess
from bot.channels.web.channel import WebChannel
from bot.chat.services import Services, build_services
from bot.chat.turns.retry_policy import RetryPolicy
from bot.desk.database import Database
from bot.desk.models import Base
from bot.gateway.app import create_app
from bot.settings import Settings
from tests.support.engine import ENGINE_TOKEN, Engine
from tests.support.serving import Served

TOKEN = "test-token"
SHOP = "https://shop.example"
QUICK = RetryPolicy(first=0.01, longest=0.05, tries=1000, sweep=0.05)


class Stage:
    """A gateway, its engine and its records."""

    def __init__(self, folder: Path, words: Path, **settings: Any) -> None:
        """Prepare; nothing runs yet."""
        self.engine = Engine()
        self.folder = folder
        self._words = words
        self.settings = settings
        self.database = Database(self.url)
        self.port = 0
        self._served: Served | None = None
        self.services: Services
        self.more_channels: list[type[HttpChannel]] = []
        self.http: httpx.AsyncClient

    @property
    def web(self) -> WebAccess:
        """Return what the web chat holds: sessions, origins, limits."""
        channel = self.services.channels["web"]
        assert isinstance(channel, WebChannel)
        return channel.access

    @property
    def url(self) -> str:
        """Return the URL of the records."""
        return str(self.settings.get("database_url") or f"sqlite+aiosqlite:///{self.folder / 'liyan.db'}")

    async def open(self, *, retry: RetryPolicy = QUICK) -> None:
        """Make the tables and start both servers."""
        async with self.database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await self.engine.start()
        await self.start(retry=retry)

    async def start(self, *, retry: RetryPolicy = QUICK) -> None:
        """Start the gateway, on the same port again after a stop."""
        values: dict[str, Any] = {
            "var": self.folder,
            "engine_port": self.engine.port,
            "actions_port": self.engine.port,
            "phrasebook": self._words,
            "api_token": SecretStr(TOKEN),
            "engine_token": SecretStr(ENGINE_TOKEN),
            "secret": SecretStr("x" * 40),
            "embed_origins": SHOP,
            "reply_timeout": 5.0,
            "engine_timeout": 2.0,
            "database_url": self.url,
        }
        settings = Settings(_env_file=None, **(values | self.settings))
        channels = make_channels(settings, *self.more_channels)
        self.services = build_services(settings, channels, retry=retry)
        self._served = Served(create_app(settings, services=self.services), self.port)
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

    async def cookie(self, address: str | None = None) -> str:
        """Begin a visitor's session on our own page and return its cookie."""
        response = await self.new_session(address)
        return str(response.cookies["liyan_visitor"])

    async def new_session(self, address: str | None = None) -> httpx.Response:
        """Ask for a new visitor's session, by way of a proxy when an address is named."""
        response = await self.http.post("/api/session", json={}, headers=_forwarded(address))
        self.http.cookies.clear()
        return response

    @contextlib.asynccontextmanager
    async def chat(
        self, cookie: str | None = None, after: int | None = None, *, address: str | None = None
    ) -> AsyncIterator[Chat]:
        """Open the chat as a page of ours does."""
        chosen = cookie or await self.cookie(address)
        async with self.socket(cookie=chosen, address=address) as line:
            chat = Chat(line, chosen)
            await chat.send({"type": "hello"} | ({} if after is None else {"after": after}))
            chat.ready = await chat.expect("ready")
            yield chat

    def socket(self, cookie: str | None = None, origin: str | None = None, *, address: str | None = None) -> Any:
        """Connect a bare web socket."""
        headers = _forwarded(address) | ({"Cookie": f"liyan_visitor={cookie}"} if cookie else {})
        return websockets.connect(
            f"ws://127.0.0.1:{self.port}/ws/chat",
            additional_headers=headers,
            origin=websockets.Origin(origin or f"http://127.0.0.1:{self.port}"),
            proxy=None,
        )


def _forwarded(address: str | None) -> dict[str, str]:
    return {} if address is None else {"X-Forwarded-For": address}


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
        while not await condition():  # noqa: ASYNC110  # the records tell nobody when they change
            await asyncio.sleep(0.01)
