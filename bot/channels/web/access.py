"""Who may talk to us from a page, and how much."""

from __future__ import annotations

from typing import cast

from starlette.requests import HTTPConnection

from bot.channels.rate_limits import ConcurrencyLimit, RateLimit
from bot.channels.web.visitor_tokens import Origins, VisitorTokens, signing_key
from bot.settings import Settings

WEB = "web"
"""The channel's name in the records."""

MESSAGES = 20
"""Sentences a visitor may send in `SECONDS`."""
FRAMES = 120
"""Frames of any kind in `SECONDS`, before the connection is cut."""
SECONDS = 10
PAGES = 16
"""Pages of one visitor that may be open at the same time."""


class WebAccess:
    """What the web chat's routes share: sessions, origins, and limits of each visitor."""

    def __init__(self, settings: Settings) -> None:
        self.tokens = VisitorTokens(signing_key(settings))
        self.origins = Origins(settings.embedding)
        self.messages = RateLimit(MESSAGES, SECONDS)
        self.frames = RateLimit(FRAMES, SECONDS)
        self.pages = ConcurrencyLimit(PAGES)


def access_of(connection: HTTPConnection) -> WebAccess:
    """Return what the web chat of the application that serves a request has."""
    return cast(WebAccess, connection.app.state.web)
