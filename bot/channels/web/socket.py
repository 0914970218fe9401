"""The chat's web socket: a page is told everything that happens in its visitor's conversation."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect, WebSocketState

from bot.channels.services import House, house_of
from bot.channels.web.chat_page import Arrival, Visit
from bot.channels.web.frames import FRAME_LIMIT, BadFrameError, Hello, Ping, Press, Read, Say, parse
from bot.channels.web.sessions import visitor_of
from bot.chat.events import Event, Subscription
from bot.desk.database import STORAGE_ERRORS

log = structlog.get_logger(__name__)

router = APIRouter()

_HELLO_SECONDS = 10.0
_SEND_SECONDS = 10.0


class LineClosedError(Exception):
    """End this line with a code of docs/protocol.md."""

    def __init__(self, code: int, reason: str) -> None:
        """Keep the code."""
        super().__init__(reason)
        self.code = code
        self.reason = reason


@router.websocket("/ws/chat")
async def chat(websocket: WebSocket) -> None:
    """Serve one page of a visitor until it goes away."""
    house = house_of(websocket)
    await websocket.accept()
    line = _Line(websocket, house)
    try:
        await line.serve()
    except WebSocketDisconnect:
        return
    except LineClosedError as closing:
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


class _Line:
    """One open socket."""

    def __init__(self, websocket: WebSocket, house: House) -> None:
        self._socket = websocket
        self._house = house
        self._sending = asyncio.Lock()
        self._cursor = 0

    async def serve(self) -> None:
        """Greet, then listen to the page and to the conversation until one of them ends."""
        self._check_origin()
        hello = await self._hello()
        visitor = visitor_of(self._socket, hello.token)
        if visitor is None:
            raise LineClosedError(4401, "no valid session")
        with self._house.lines.hold(visitor) as free:
            if not free:
                raise LineClosedError(4429, "too many open lines")
            await self._visit(visitor, hello)

    async def _visit(self, visitor: str, hello: Hello) -> None:
        visit = await Visit.enter(self._house, visitor)
        with self._house.bus.subscribe(visit.customer_id) as subscription:
            await self._ready(await visit.arrive(after=hello.after))
            await visit.received()
            await self._both(visit, subscription)

    async def _both(self, visit: Visit, subscription: Subscription) -> None:
        tasks = {
            asyncio.create_task(self._listen(visit), name="ws-listen"),
            asyncio.create_task(self._tell(visit, subscription), name="ws-tell"),
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
        if not (self._house.origins.is_own(origin, host) or self._house.origins.embeds(origin)):
            raise LineClosedError(4403, "origin refused")

    async def _hello(self) -> Hello:
        try:
            frame = parse(await asyncio.wait_for(self._receive(), _HELLO_SECONDS))
        except TimeoutError:
            raise LineClosedError(4408, "no hello in time") from None
        except BadFrameError as error:
            raise LineClosedError(4400, f"first frame: {error.reason}"[:120]) from None
        if not isinstance(frame, Hello):
            raise LineClosedError(4400, "the first frame must be hello")
        return frame

    async def _receive(self) -> str:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text = message.get("text")
        if text is None:
            raise LineClosedError(4400, "frames are text")
        # The server in front cuts bigger ones; this holds for any other server too.
        if len(text) > FRAME_LIMIT:
            raise LineClosedError(1009, "frame too big")
        return str(text)

    async def _send(self, frame: dict[str, Any]) -> None:
        async with self._sending:
            try:
                await asyncio.wait_for(self._socket.send_json(frame), _SEND_SECONDS)
            except TimeoutError:
                raise LineClosedError(4409, "too slow in reading") from None
            except RuntimeError:
                # Starlette's word for a socket that was closed meanwhile.
                raise WebSocketDisconnect(1006) from None

    async def _ready(self, arrival: Arrival) -> None:
        self._cursor = arrival.cursor
        await self._send(arrival.frame)

    async def _listen(self, visit: Visit) -> None:
        while True:
            raw = await self._receive()
            if self._house.frames.hit(visit.visitor):
                raise LineClosedError(4429, "too many frames")
            try:
                await self._heard(visit, parse(raw))
            except BadFrameError as error:
                await self._send(_complaint(error))

    async def _heard(self, visit: Visit, frame: Hello | Say | Press | Read | Ping) -> None:
        if isinstance(frame, Ping):
            await self._send({"type": "pong"})
        elif isinstance(frame, Read):
            await visit.read(frame.seq)
        elif isinstance(frame, Say | Press):
            await self._taken(visit, frame)

    async def _taken(self, visit: Visit, frame: Say | Press) -> None:
        try:
            answer = await self._answered(visit, frame)
            await self._send(answer)
            # Acknowledged first, so that the page knows its own sentence when it is told of it.
            await visit.announce(answer)
        finally:
            # Also when the page was closed in between: its sentence may be on disk, and is answered.
            visit.wake()

    async def _answered(self, visit: Visit, frame: Say | Press) -> dict[str, Any]:
        try:
            return await visit.take(frame)
        except STORAGE_ERRORS as error:
            log.error("records.unreachable", path="/ws/chat", cause=type(error).__name__)
            return {"type": "refused", "client_id": frame.client_id, "reason": "unavailable", "retry_after": 5}

    async def _tell(self, visit: Visit, subscription: Subscription) -> None:
        while True:
            event = await subscription.next()
            if subscription.overflowed:
                raise LineClosedError(4409, "too slow in reading")
            await self._happened(visit, event)

    async def _happened(self, visit: Visit, event: Event) -> None:
        if event["kind"] == "typing":
            await self._send({"type": "typing", "on": event["on"]})
        elif event["kind"] == "read":
            await self._send({"type": "read", "seq": event["seq"], "unread": event["unread"]})
        elif event["kind"] == "owner":
            await self._send({"type": "live", "live": await visit.live()})
        elif event["kind"] == "new":
            while news := await visit.news(after=self._cursor):
                for frame in news:
                    await self._send(frame)
                    self._cursor = frame["message"]["seq"]
            await visit.received()


def _complaint(error: BadFrameError) -> dict[str, Any]:
    if error.client_id is not None:
        return {"type": "refused", "client_id": error.client_id, "reason": "bad_frame", "message": error.reason}
    return {"type": "error", "code": "bad_frame", "message": error.reason}
