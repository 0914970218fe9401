"""What every channel has of HTTP, and how its routes find the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from fastapi import APIRouter, FastAPI
from starlette.requests import HTTPConnection

from bot.chat.delivery.channel import Channel
from bot.chat.services import Services
from bot.settings import Settings


class HttpChannel(Channel):
    """A channel whose customers, or whose platform, reach us over HTTP.

    Args:
        settings: those of the gateway; a channel reads its own from them.
    """

    routers: Sequence[APIRouter] = ()

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def install(self, app: FastAPI) -> None:
        """Add the routes, and to `app.state` what they need of the channel."""
        for router in self.routers:
            app.include_router(router)

    async def start(self, services: Services) -> None:
        """Begin what runs beside the routes: nothing, unless a channel says otherwise."""

    async def stop(self) -> None:
        """End what `start` began; what was said may still be delivered."""

    async def close(self) -> None:
        """Let go of connections, after the last delivery."""


def services_of(connection: HTTPConnection) -> Services:
    """Return the services of the application that serves a request."""
    return cast(Services, cast(FastAPI, connection.app).state.services)
