"""The gateway's application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI

from bot.channels.base import HttpChannel
from bot.channels.registry import make_channels
from bot.chat.services import Services, build_services
from bot.gateway import health, shop_page, static
from bot.http import errors
from bot.http.headers import SecurityHeaders
from bot.settings import Settings

log = structlog.get_logger(__name__)

_DESCRIPTION = "A Chinese customer-service system that says only what was approved."
_VERSION = "0.1.0"


def create_app(settings: Settings, *, services: Services | None = None) -> FastAPI:
    """Return the application; its services begin to work when it is started.

    Args:
        services: made otherwise, with other channels; a seam for tests.
    """
    parts = services or build_services(settings, make_channels(settings))
    channels = [channel for channel in parts.channels if isinstance(channel, HttpChannel)]

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await parts.start()
        for channel in channels:
            await channel.start(parts)
        log.info("gateway.started", phrases=len(parts.phrases.book), book=parts.phrases.book.digest)
        try:
            yield
        finally:
            for channel in channels:
                await channel.stop()
            await parts.stop()
            for channel in channels:
                await channel.close()
            log.info("gateway.stopped")

    # FastAPI's own /docs names a foreign host and holds an inline script; ours is in static.py.
    app = FastAPI(
        title="Liyan 礼言",
        version=_VERSION,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.services = parts
    app.add_middleware(SecurityHeaders, embedding=settings.embedding, secure=settings.secure_cookies)
    errors.install(app)
    for module in (health, shop_page):
        app.include_router(module.router)
    for channel in channels:
        channel.install(app)
    static.mount(app)
    _describe(app)
    return app


def _describe(app: FastAPI) -> None:
    """Add the bearer token to the description; the routes read it themselves, before the body."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        schema = original()
        schemes = schema.setdefault("components", {}).setdefault("securitySchemes", {})
        schemes["bearer"] = {"type": "http", "scheme": "bearer"}
        return schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the schema
