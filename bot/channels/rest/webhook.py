"""The REST webhook, in the shape of Rasa's REST channel."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StrictStr, ValidationError, field_validator

from bot.channels.base import services_of
from bot.channels.rest.message_view import rest_message
from bot.chat.services import Services
from bot.chat.text_cleaning import clean_json, is_blank
from bot.chat.turns.engine_client import Bubble
from bot.chat.turns.pending_replies import Outcome
from bot.desk.conversations import conversations, customers, messages, transcripts
from bot.desk.conversations.ownership import bot_answers
from bot.desk.database import STORAGE_ERRORS
from bot.desk.models import Message
from bot.http.bodies import read_body
from bot.http.errors import ApiError, first_problem, responses

log = structlog.get_logger(__name__)

BODY_LIMIT = 256 * 1024
WAITING = 50
"""Calls of one sender that may wait for their answers at the same time."""
CHANNEL = "rest"
"""The channel's name in the records."""
_KEPT = "the records went down after the message was taken: do not send it again, its answer heads the next call's list"

router = APIRouter(tags=["rest"])

MessageId = Annotated[StrictStr, Field(min_length=1, max_length=80)]


class RestMessage(BaseModel):
    """One sentence of a customer."""

    sender: Annotated[
        StrictStr, Field(min_length=1, max_length=200, description="The caller's name for the conversation.")
    ]
    message: Annotated[StrictStr, Field(description="What the customer wrote.")]
    message_id: MessageId | None = Field(None, description="The same id again gets the recorded answer again.")
    metadata: dict[str, Any] | None = Field(None, description="Only `message_id` is read.")

    @field_validator("sender")
    @classmethod
    def _shows_something(cls, sender: str) -> str:
        if is_blank(sender):
            raise ValueError("must show something")
        return sender

    @property
    def key(self) -> str | None:
        """Return the id for de-duplication."""
        inner = (self.metadata or {}).get("message_id")
        if self.message_id is None and isinstance(inner, str) and 1 <= len(inner) <= 80:
            return inner
        return self.message_id


class RestButton(BaseModel):
    """A button of an answer."""

    title: str
    payload: str


class RestBubble(BaseModel):
    """One sentence of the answer."""

    recipient_id: str
    text: str
    buttons: list[RestButton] | None = None
    custom: dict[str, Any]


@router.post(
    "/webhooks/rest/webhook",
    response_model=list[RestBubble],
    responses=responses(400, 401, 404, 413, 422, 429, 503),
    openapi_extra={
        "security": [{"bearer": []}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": RestMessage.model_json_schema()}},
        },
    },
    summary="Say something in a conversation and get the answer",
)
async def webhook(request: Request) -> JSONResponse:
    """Answer a customer's sentence; what came too late for an earlier call heads the list."""
    services = services_of(request)
    _authorise(request, services)
    said = await _read(request)
    bubbles = await _converse(services, said)
    return JSONResponse([rest_message(bubble, said.sender) for bubble in bubbles])


def _authorise(request: Request, services: Services) -> None:
    token = services.settings.api_token
    if token is None or not token.get_secret_value():
        raise ApiError(404, "not_found", "the REST webhook is off; set LIYAN_API_TOKEN to turn it on")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    wanted = token.get_secret_value().encode()
    if scheme.lower() != "bearer" or not secrets.compare_digest(given.strip().encode(), wanted):
        raise ApiError(401, "unauthorized", "wrong or missing bearer token", {"WWW-Authenticate": "Bearer"})


async def _read(request: Request) -> RestMessage:
    # Read by hand: the caller is known first, and what PostgreSQL cannot hold is taken out before it is validated.
    try:
        value = json.loads(await read_body(request, BODY_LIMIT))
    except (ValueError, RecursionError):
        raise ApiError(422, "invalid", "body: is no JSON in UTF-8") from None
    try:
        return RestMessage.model_validate(clean_json(value))
    except ValidationError as error:
        raise ApiError(422, "invalid", first_problem(error)) from None
    except RecursionError:
        raise ApiError(422, "invalid", "body: is nested too deep") from None


async def _converse(services: Services, said: RestMessage) -> list[Message]:
    with contextlib.ExitStack() as stack:
        async with services.database.session() as session:
            now = services.clock()
            customer = await customers.find_or_create(session, channel=CHANNEL, sender=said.sender, now=now)
            received = await messages.receive(
                session,
                customer,
                text=said.message,
                now=now,
                silent_since=now - services.settings.silence,
                client_id=said.key,
            )
            message = received.message
            if len(services.turns.pending.awaited(message.conversation_id)) >= WAITING:
                # Nothing is recorded: the transaction is rolled back.
                raise ApiError(429, "too_many_waiting", "the sender's earlier sentences wait", {"Retry-After": "5"})
            # Before the commit: nobody can have answered it yet, so the outcome cannot be missed.
            future = stack.enter_context(services.turns.pending.expect(message.conversation_id, message.id))
        try:
            return await _wait(services, message, future)
        except STORAGE_ERRORS as error:
            log.error("records.unreachable", conversation=message.conversation_id, cause=type(error).__name__)
            raise ApiError(503, "database_down", _KEPT, {"Retry-After": "5"}) from error


async def _wait(services: Services, message: Message, future: asyncio.Future[Outcome]) -> list[Message]:
    if message.state == "accepted":
        services.turns.wake(message.conversation_id)
        outcome = await _outcome(services, future)
    else:
        outcome = Outcome.ANSWERED
    bubbles = await _collect(services, message)
    if bubbles or outcome is Outcome.ANSWERED:
        return bubbles
    return await _reassure(services, message, "system.kept" if outcome is Outcome.STALLED else "system.late")


async def _outcome(services: Services, future: asyncio.Future[Outcome]) -> Outcome | None:
    try:
        return await asyncio.wait_for(future, services.settings.reply_timeout)
    except TimeoutError:
        return None


async def _collect(services: Services, message: Message) -> list[Message]:
    """Return what is to be handed over, oldest first: what came too late for earlier calls, then the answer."""
    others = services.turns.pending.awaited(message.conversation_id) - {message.id}
    async with services.database.session() as session:
        rows = await transcripts.due(session, message.customer_id, message.id)
        # The answer itself handed over before or not: the same message may have been sent twice at once.
        bubbles = [row for row in rows if row.reply_to not in others]
        await transcripts.mark_delivered(session, [row.id for row in bubbles if row.state == "queued"])
    return bubbles


async def _reassure(services: Services, message: Message, phrase: str) -> list[Message]:
    """Say that the answer comes later, unless it came in this very moment."""
    async with services.database.session() as session:
        conversation = await conversations.locked(session, message.conversation_id)
        current = await session.get(Message, message.id, populate_existing=True)
        if current is not None and current.state == "accepted" and bot_answers(conversation):
            await services.speaker.say(
                session, conversation, [Bubble(phrase=phrase)], now=services.clock(), reply_to=message.id
            )
    return await _collect(services, message)
