"""The chat's web socket: a page is told everything that happens in its visitor's conversation."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect, WebSocketState

from bot.channels.base import services_of
from bot.channels.web.access import WebAccess, access_of
from bot.channels.web.chat_page import ChatPage, ReadyFrame
from bot.channels.web.frames import (
    FRAME_LIMIT,
    BadFrameError,
    ButtonFrame,
    Frame,
    HelloFrame,
    MessageFrame,
    PingFrame,
    ReadFrame,
    parse_frame,
)
from bot.channels.web.sessions import visitor_of
from bot.chat.events.events import Event, Subscription
from bot.chat.services import Services
from bot.desk.database import STORAGE_ERRORS

log = structlog.get_logger(__name__)

router = APIRouter()

_HELLO_SECONDS = 10.0
_SEND_SECONDS = 10.0


class CloseConnectionError(Exception):
    """End this connection with a code of docs/protocol.md."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@router.websocket("/ws/chat")
async def chat(websocket: WebSocket) -> None:
    """Serve one page of a visitor until it goes away."""
    await websocket.accept()
    access = access_of(websocket)
    connection = _PageConnection(websocket, services_of(websocket), access)
    try:
        with access.socket(connection.network_key) as free:
            if not free:
                raise CloseConnectionError(4429, "too many open sockets")
            await connection.serve()
    except WebSocketDisconnect:
        return
    except CloseConnectionError as closing:
        await _close(websocket, closing.code, closing.reason)
    except STORAGE_ERRORS as error:
        log.error("records.unreachable", path="/ws/chat", cause=type(error).__name__)
        await _close(websocket, 1013, "the records cannot be reached")


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    if websocket.application_state is not WebSocketState.CONNECTED:
        return
    try:
        await asyncio.wait_for(websocket.close(code, reason), 2)
    except (TimeoutError, RuntimeError, WebSocketDisconnect, OSError):
        # The other side is gone already; there is nobody to tell.
        return


class _PageConnection:
    """The socket of one open page."""

    def __init__(self, websocket: WebSocket, services: Services, access: WebAccess) -> None:
        self._socket = websocket
        self._services = services
        self._access = access
        self.network_key = access.addresses.key_of(websocket)
        self._sending = asyncio.Lock()
        self._cursor = 0

    async def serve(self) -> None:
        """Greet, then listen to the page and to the conversation until one of them ends."""
        self._check_origin()
        hello = await self._hello()
        visitor = visitor_of(self._socket, hello.token)
        if visitor is None:
            raise CloseConnectionError(4401, "no valid session")
        with self._access.pages.hold(visitor) as free:
            if not free:
                raise CloseConnectionError(4429, "too many open pages")
            await self._open(visitor, hello)

    async def _open(self, visitor: str, hello: HelloFrame) -> None:
        page = await ChatPage.enter(self._services, self._access, visitor, network_key=self.network_key)
        with self._services.events.subscribe(page.customer_id) as subscription:
            await self._ready(await page.ready(after=hello.after))
            await page.received()
            await self._both(page, subscription)

    async def _both(self, page: ChatPage, subscription: Subscription) -> None:
        tasks = {
            asyncio.create_task(self._receive_frames(page), name="page-receive"),
            asyncio.create_task(self._send_events(page, subscription), name="page-send"),
        }
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    def _check_origin(self) -> None:
        # A browser always names the page; whoever does not is none and holds no cookie of a visitor.
        origin = self._socket.headers.get("origin")
        if origin is None:
            return
        host = self._socket.headers.get("host", "")
        if not (self._access.origins.is_own(origin, host) or self._access.origins.embeds(origin)):
            raise CloseConnectionError(4403, "origin refused")

    async def _hello(self) -> HelloFrame:
        try:
            frame = parse_frame(await asyncio.wait_for(self._receive(), _HELLO_SECONDS))
        except TimeoutError:
            raise CloseConnectionError(4408, "no hello in time") from None
        except BadFrameError as error:
            raise CloseConnectionError(4400, f"first frame: {error.reason}"[:120]) from None
        if not isinstance(frame, HelloFrame):
            raise CloseConnectionError(4400, "the first frame must be hello")
        return frame

    async def _receive(self) -> str:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text = message.get("text")
        if text is None:
            raise CloseConnectionError(4400, "frames are text")
        # The server in front cuts bigger ones; this holds for any other server too.
        if len(text) > FRAME_LIMIT:
            raise CloseConnectionError(1009, "frame too big")
        return str(text)

    async def _send(self, frame: dict[str, Any]) -> None:
        async with self._sending:
            try:
                await asyncio.wait_for(self._socket.send_json(frame), _SEND_SECONDS)
            except TimeoutError:
                raise CloseConnectionError(4409, "too slow in reading") from None
            except RuntimeError:
                # Starlette's word for a socket that was closed meanwhile.
                raise WebSocketDisconnect(1006) from None

    async def _ready(self, ready: ReadyFrame) -> None:
        self._cursor = ready.cursor
        await self._send(ready.frame)

    async def _receive_frames(self, page: ChatPage) -> None:
        while True:
            raw = await self._receive()
            if self._access.frames.hit(page.visitor):
                raise CloseConnectionError(4429, "too many frames")
            try:
                await self._handle(page, parse_frame(raw))
            except BadFrameError as error:
                await self._send(_error_frame(error))

    async def _handle(self, page: ChatPage, frame: Frame) -> None:
        if isinstance(frame, PingFrame):
            await self._send({"type": "pong"})
        elif isinstance(frame, ReadFrame):
            await page.read(frame.seq)
        elif isinstance(frame, MessageFrame | ButtonFrame):
            await self._accept(page, frame)

    async def _accept(self, page: ChatPage, frame: MessageFrame | ButtonFrame) -> None:
        try:
            answer = await self._answer(page, frame)
            await self._send(answer)
            # Acknowledged first, so that the page knows its own sentence when it is told of it.
            await page.announce(answer)
        finally:
            # Also when the page was closed in between: its sentence may be on disk, and is answered.
            page.wake()

    async def _answer(self, page: ChatPage, frame: MessageFrame | ButtonFrame) -> dict[str, Any]:
        try:
            return await page.accept(frame)
        except STORAGE_ERRORS as error:
            log.error("records.unreachable", path="/ws/chat", cause=type(error).__name__)
            return {"type": "refused", "client_id": frame.client_id, "reason": "unavailable", "retry_after": 5}

    async def _send_events(self, page: ChatPage, subscription: Subscription) -> None:
        while True:
            event = await subscription.next()
            if subscription.overflowed:
                raise CloseConnectionError(4409, "too slow in reading")
            await self._send_event(page, event)

    async def _send_event(self, page: ChatPage, event: Event) -> None:
        if event["kind"] == "typing":
            await self._send({"type": "typing", "on": event["on"]})
        elif event["kind"] == "read":
            await self._send({"type": "read", "seq": event["seq"], "unread": event["unread"]})
        elif event["kind"] == "owner":
            await self._send({"type": "live", "live": await page.live()})
        elif event["kind"] == "new":
            while frames := await page.new_messages(after=self._cursor):
                for frame in frames:
                    await self._send(frame)
                    self._cursor = frame["message"]["seq"]
            await page.received()


def _error_frame(error: BadFrameError) -> dict[str, Any]:
    if error.client_id is not None:
        return {"type": "refused", "client_id": error.client_id, "reason": "bad_frame", "message": error.reason}
    return {"type": "error", "code": "bad_frame", "message": error.reason}
