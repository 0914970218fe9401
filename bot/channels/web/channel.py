"""The web chat as a channel: open pages read what was said and draw its buttons."""

from __future__ import annotations

from fastapi import FastAPI

from bot.channels.base import HttpChannel
from bot.channels.web import history, sessions, socket
from bot.channels.web.access import WEB, WebAccess
from bot.settings import Settings


class WebChannel(HttpChannel):
    """Pages of visitors."""

    name = WEB
    routers = (sessions.router, history.router, socket.router)

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.access = WebAccess(settings)

    def install(self, app: FastAPI) -> None:
        """Add the routes and what they share."""
        super().install(app)
        app.state.web = self.access
