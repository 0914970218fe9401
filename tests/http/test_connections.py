"""Connections of strangers: silent ones, endless headers, handshakes that nobody can read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from bot.http.connections import MOST_HEADER_BYTES, BoundedConnection
from tests.support.serving import Served

pytestmark = pytest.mark.asyncio

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
NOT_ASCII = "你".encode()


async def _greet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """Serve a page and a web socket as the gateway is served, with little time for a request."""
    monkeypatch.setattr(BoundedConnection, "request_seconds", 0.2)
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("ok")), WebSocketRoute("/ws", _greet)])
    served = Served(app)
    await served.start()
    yield served.port
    await served.stop()


async def answer(port: int, *parts: bytes, pause: float = 0) -> bytes:
    """Send a request in parts and return all that comes back until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(5):
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "field",
    [
        b"Sec-WebSocket-Protocol: " + NOT_ASCII,
        b"Sec-WebSocket-Extensions: " + NOT_ASCII,
        b"Sec-WebSocket-Key: " + NOT_ASCII,
        b"Sec-WebSocket-Version: " + NOT_ASCII,
        b"X-Long: " + b"a" * 9000,
        b"\r\n".join([b"X-Many: a"] * 150),
    ],
    ids=["protocol", "extensions", "key", "version", "long line", "many lines"],
)
async def test_a_handshake_nobody_can_read_is_a_bad_request(
    port: int, field: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Fields that are not ASCII, too long or too many are answered with 400, and nothing fails within."""
    assert (await answer(port, HANDSHAKE + field + b"\r\n\r\n")).startswith(b"HTTP/1.1 400 ")
    assert not caplog.records


async def test_a_good_handshake_opens_the_socket(port: int) -> None:
    """What the library can read is accepted, whatever other headers hold."""
    answered = await answer(port, HANDSHAKE + b"Cookie: a=" + NOT_ASCII + b"\r\n\r\n")
    assert answered.startswith(b"HTTP/1.1 101 ")


async def test_endless_headers_are_refused(port: int) -> None:
    """A head that grows beyond its bound is refused before it is whole."""
    line = b"X-A: " + b"b" * 1000 + b"\r\n"
    head = b"GET / HTTP/1.1\r\nHost: x\r\n" + line * (2 * MOST_HEADER_BYTES // len(line))
    assert (await answer(port, head)).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (b"GET / HT",),
        (b"GET / HTTP/1.1\r\n", *[b"X: y\r\n"] * 20),
        (b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n",),
    ],
    ids=["silent", "half a line", "dripping headers", "no body"],
)
async def test_a_request_that_does_not_come_ends_the_connection(port: int, parts: tuple[bytes, ...]) -> None:
    """Whoever says nothing, or not all of it, within the time of a request is hung up on."""
    started = asyncio.get_running_loop().time()
    await answer(port, *parts, pause=0.05)
    assert asyncio.get_running_loop().time() - started < 2


async def test_a_connection_is_kept_for_the_next_request(port: int) -> None:
    """The time counts for each request, not for the connection."""
    request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert (await answer(port, request, request, request, last, pause=0.1)).count(b"200 OK") == 4
