"""Ask the dialogue engine: one turn in, understanding and phrase ids out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from pydantic import BaseModel, Field, ValidationError

from bot.settings import Settings

_CONNECT_TIMEOUT = 2.0
_HEALTH_TIMEOUT = 2.0
_FAULTS = frozenset({400, 413, 422, 500})
"""The engine cannot take this sentence; any other answer (a wrong token, a server in between) is not the sentence's."""


class EngineError(Exception):
    """The engine gave no answer that can be said."""


class EngineDownError(EngineError):
    """The engine cannot be reached or does not answer in time."""


class EngineFaultError(EngineError):
    """The engine answered with an error, or with something that is no turn."""


class BubbleButton(BaseModel):
    """A button as the engine wishes it."""

    title_phrase: str
    variables: dict[str, Any] = Field(default_factory=dict)
    payload: str


class Bubble(BaseModel):
    """A sentence as the engine wishes it: a phrase and its variables, never words."""

    phrase: str
    variables: dict[str, Any] = Field(default_factory=dict)
    buttons: list[BubbleButton] = Field(default_factory=list)
    custom: dict[str, Any] | None = None
    ticket: str | None = None


class EngineTurn(BaseModel):
    """The engine's answer to one sentence."""

    message_id: str
    understood: dict[str, Any] = Field(default_factory=dict)
    journey: str | None = None
    asked: str | None = None
    bubbles: list[Bubble] = Field(min_length=1)


@dataclass(frozen=True)
class EngineRequest:
    """One sentence of a customer for the engine."""

    conversation_id: str
    message_id: str
    text: str
    button: bool
    received_at: datetime
    channel: str
    sender: str

    def body(self) -> dict[str, Any]:
        """Return the JSON of docs/design.md."""
        metadata = {"received_at": self.received_at.isoformat(), "channel": self.channel, "sender": self.sender}
        return {
            "sender": self.conversation_id,
            "message_id": self.message_id,
            "text": self.text,
            "button": self.button,
            "metadata": metadata,
        }


class EngineClient:
    """Talk to the engine and the action server on loopback."""

    def __init__(self, settings: Settings) -> None:
        token = settings.engine_token.get_secret_value() if settings.engine_token else ""
        # trust_env off: a proxy of the environment must never see what customers write.
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(settings.engine_timeout, connect=_CONNECT_TIMEOUT),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
            trust_env=False,
        )
        # Addresses are asked for when they are needed: staff at the command line speak without engine or ports.
        self._settings = settings

    async def ask(self, question: EngineRequest) -> EngineTurn:
        """Return the engine's answer.

        Raises:
            EngineDownError: it cannot be reached, or not in time.
            EngineFaultError: it answered, but not with a turn.
        """
        try:
            response = await self._http.post(
                f"{self._settings.engine_url}/webhooks/gateway/webhook", json=question.body()
            )
        except httpx.TransportError as error:
            raise EngineDownError(f"engine: {type(error).__name__}") from error
        if response.status_code in _FAULTS:
            raise EngineFaultError(f"engine answered {response.status_code}")
        if response.status_code != 200:
            raise EngineDownError(f"engine answered {response.status_code}")
        try:
            return EngineTurn.model_validate_json(response.content)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise EngineFaultError(f"engine's answer is no turn: {where}") from None

    async def engine_ready(self) -> bool:
        """Tell whether the engine answers."""
        return await self._healthy(f"{self._settings.engine_url}/webhooks/gateway/")

    async def actions_ready(self) -> bool:
        """Tell whether the action server answers."""
        return await self._healthy(f"{self._settings.actions_url}/health")

    async def _healthy(self, url: str) -> bool:
        try:
            response = await self._http.get(url, timeout=_HEALTH_TIMEOUT)
        except httpx.TransportError:
            return False
        return response.status_code == 200

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
