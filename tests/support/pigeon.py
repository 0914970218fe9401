"""Pigeon post: a push channel that only the tests know, and the far side to which its messages fly.

It is narrow: 300 bytes a message, four messages after each message of the customer, no buttons.
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.applications import Starlette
from starlette.requests import Request as PlainRequest
from starlette.responses import JSONResponse as PlainResponse
from starlette.routing import Route

from bot.channels.base import HttpChannel, services_of
from bot.chat.delivery.channel import Delivery, DeliveryError, Limits, UndeliverableError
from bot.desk.conversations import customers, messages, outbox
from bot.desk.models import OutboxMessage
from bot.settings import Settings
from tests.support.serving import Served

LOFT_FILE = "loft.json"
"""Under `LIYAN_VAR`: where the far side listens."""

router = APIRouter()


class PigeonChannel(HttpChannel):
    """Deliver by HTTP to the loft, under the outbox's id."""

    name = "pigeon"
    delivery = Delivery.PUSHED
    limits = Limits(message_bytes=300, quota=4, window=timedelta(hours=48))
    numbered_choices = True
    delivery_seconds = 0.5
    routers = (router,)

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._http = httpx.AsyncClient(trust_env=False, timeout=5)

    async def deliver(self, message: OutboxMessage) -> str | None:
        """Hand a message to the loft."""
        loft = json.loads((self.settings.var / LOFT_FILE).read_text())
        body = {"id": message.id, "to": message.recipient, "text": message.text}
        try:
            answer = await self._http.post(f"{loft['url']}/land", json=body)
        except httpx.TransportError as error:
            raise DeliveryError(type(error).__name__) from error
        if answer.status_code == 410:
            raise UndeliverableError("the loft is closed for good")
        if answer.status_code != 200:
            raise DeliveryError(f"the loft answered {answer.status_code}")
        return str(answer.json()["ring"])

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


@router.post("/pigeon")
async def arrive(request: Request) -> JSONResponse:
    """Take a message that flew in; the answer flies back by itself."""
    services = services_of(request)
    body = await request.json()
    now = services.clock()
    async with services.database.session() as session:
        customer = await customers.find_or_create(session, channel="pigeon", sender=body["from"], now=now)
        received = await messages.receive(
            session,
            customer,
            text=body["text"],
            now=now,
            silent_since=now - services.settings.silence,
            client_id=body["id"],
        )
    services.turns.wake(received.message.conversation_id)
    return JSONResponse({})


@router.post("/pigeon/receipt")
async def receipt(request: Request) -> JSONResponse:
    """Take the loft's word that a message was handed over, or was lost."""
    services = services_of(request)
    body = await request.json()
    async with services.database.session() as session:
        message = await outbox.by_external_id(session, channel="pigeon", external_id=body["ring"])
        if message is not None and body["handed_over"]:
            await outbox.mark_delivered(session, message, now=services.clock())
        elif message is not None:
            await outbox.mark_failed(session, message, error="lost on the way")
    return JSONResponse({})


class Loft:
    """The far side: keeps what landed, drops a second one of the same id, and fails when told to."""

    def __init__(self) -> None:
        """Begin empty and well."""
        self.landed: list[dict[str, Any]] = []
        self.flights: list[str] = []
        """The id of each try, those that were refused or came twice included."""
        self.answers: list[int] = []
        """Status codes of the next answers; 200 when there is none left."""
        self.delay = 0.0
        self.lose_answers = 0
        """So many of the next messages land, but their answer does not come in time."""
        self._served = Served(Starlette(routes=[Route("/land", self._land, methods=["POST"])]))

    async def start(self) -> None:
        """Listen."""
        await self._served.start()

    async def stop(self) -> None:
        """Go away."""
        await self._served.stop()

    @property
    def url(self) -> str:
        """Return the address."""
        return f"http://127.0.0.1:{self._served.port}"

    def texts(self, to: str = "王芳") -> list[str]:
        """Return what landed for somebody, in order."""
        return [message["text"] for message in self.landed if message["to"] == to]

    async def _land(self, request: PlainRequest) -> PlainResponse:
        message = await request.json()
        self.flights.append(message["id"])
        await asyncio.sleep(self.delay)
        status = self.answers.pop(0) if self.answers else 200
        if status == 200 and message["id"] not in [known["id"] for known in self.landed]:
            self.landed.append(message)
        if self.lose_answers:
            self.lose_answers -= 1
            await asyncio.sleep(1)
        return PlainResponse({"ring": f"ring-{message['id']}"}, status)


def tell_where(loft: Loft, settings_var: Any) -> None:
    """Write down where the loft is, for the gateway to read."""
    (settings_var / LOFT_FILE).write_text(json.dumps({"url": loft.url}))
