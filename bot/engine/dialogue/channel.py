"""The input channel that the gateway talks to, on loopback."""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.constants import REQUESTED_SLOT
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.engine.dialogue.swap import ModelSwap, SwapError
from bot.engine.dialogue.turn import TurnError, bubbles, run_turn, understood

logger = logging.getLogger(__name__)

WORD_JOINER = "\u2060"


class GatewayInput(InputChannel):
    """Take a turn from the gateway and give back all that the bot decided, as `docs/design.md` describes."""

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, a part of its address."""
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GatewayInput:
        """Create the channel from `credentials.yml`.

        Raises:
            ValueError: `LIYAN_ENGINE_TOKEN` is not set.
        """
        token = os.environ.get("LIYAN_ENGINE_TOKEN", "")
        if not token:
            raise ValueError(
                "LIYAN_ENGINE_TOKEN is not set: `make run` sets it, or set it for engine and gateway alike"
            )
        return cls(token)

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes: `GET /` tells which model serves, `POST /webhook` takes a turn, `POST /model` a model."""
        webhook = Blueprint("gateway_webhook", "gateway_webhook")
        swap = ModelSwap()

        @webhook.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            ready = agent is not None and agent.is_ready()
            return response.json({"ready": ready, "model": agent.model_name if ready else None}, 200 if ready else 503)

        @webhook.route("/model", methods=["POST"])
        async def model(request: Request) -> HTTPResponse:
            if not self._trusts(request):
                return response.json({"error": "wrong or missing bearer token"}, status=401)
            path = Path(str((request.json or {}).get("path")))
            try:
                return response.json(await swap.take(request.app.ctx.agent, path))
            except SwapError as error:
                return response.json({"error": str(error)}, status=422)

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self._trusts(request):
                return response.json({"error": "wrong or missing bearer token"}, status=401)
            message = _message(request.json or {})
            try:
                tracker = await run_turn(request.app.ctx.agent, message)
            except Exception as error:  # the edge of the process: whatever failed, the gateway asks again
                logger.exception("turn of message %s failed", message.message_id)
                reason = str(error) if isinstance(error, TurnError) else type(error).__name__
                return response.json({"error": reason}, status=500)
            loop = tracker.active_loop_name
            return response.json(
                {
                    "message_id": message.message_id,
                    "understood": understood(tracker, message.message_id),
                    "journey": loop,
                    "asked": tracker.get_slot(REQUESTED_SLOT) if loop else None,
                    "bubbles": bubbles(tracker, message.message_id),
                }
            )

        return webhook

    def _trusts(self, request: Request) -> bool:
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), self._expected)


def _message(body: dict[str, Any]) -> UserMessage:
    text = str(body["text"])
    if not body.get("button") and text.lstrip().startswith("/"):
        # Rasa strips all Unicode blanks and takes what then begins with a slash for a command.
        text = WORD_JOINER + text
    return UserMessage(
        text,
        CollectingOutputChannel(),
        str(body["sender"]),
        input_channel=GatewayInput.name(),
        message_id=str(body["message_id"]),
        metadata=dict(body.get("metadata") or {}),
    )
