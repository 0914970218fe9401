"""Who may talk to us from a page, and how much."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from starlette.requests import HTTPConnection

from bot.channels.rate_limits import ConcurrencyLimit, RateLimit
from bot.channels.web.visitor_tokens import Origins, VisitorTokens, signing_key
from bot.http.client_address import ClientAddresses
from bot.settings import Settings

WEB = "web"
"""The channel's name in the records."""

MESSAGES = 20
"""Sentences a visitor may send in `SECONDS`."""
FRAMES = 120
"""Frames of any kind in `SECONDS`, before the connection is cut."""
SECONDS = 10
QUIET = 2
"""Sentences in `SECONDS` up to which a visitor is heard, however many others of the address send."""
PAGES = 16
"""Pages of one visitor that may be open at the same time."""
MINUTE = 60
_EVERYBODY = "everybody"


class WebAccess:
    """What the web chat's routes share: sessions, origins, addresses, and what each of them may take."""

    def __init__(self, settings: Settings) -> None:
        key = signing_key(settings)
        self.tokens = VisitorTokens(key)
        self.origins = Origins(settings.embedding)
        self.addresses = ClientAddresses(settings.proxies, key)
        self.messages = RateLimit(MESSAGES, SECONDS)
        self.frames = RateLimit(FRAMES, SECONDS)
        self.pages = ConcurrencyLimit(PAGES)
        self._address_messages = RateLimit(settings.address_messages, SECONDS)
        self._address_sessions = RateLimit(settings.address_sessions, MINUTE)
        self._all_sessions = RateLimit(settings.all_sessions, MINUTE)
        self._address_sockets = ConcurrencyLimit(settings.address_sockets)
        self._all_sockets = ConcurrencyLimit(settings.all_sockets)

    def message_wait(self, visitor: str, address: str) -> float:
        """Count a sentence: 0 when it is taken, else the seconds until the visitor, or the address, may send again."""
        wait = self.messages.hit(visitor)
        if wait:
            return wait
        wait = self._address_messages.hit(address)
        # Who says little is not refused for what others at the same address say.
        return wait if self.messages.count(visitor) > QUIET else 0.0

    def session_wait(self, address: str) -> float:
        """Count a new visitor: 0 when there may be one more, else the seconds until then."""
        return self._address_sessions.hit(address) or self._all_sessions.hit(_EVERYBODY)

    @contextmanager
    def socket(self, address: str) -> Iterator[bool]:
        """Yield whether one more socket may be open, and count it while the block runs."""
        with self._address_sockets.hold(address) as free, self._all_sockets.hold(_EVERYBODY) as free_for_all:
            yield free and free_for_all


def access_of(connection: HTTPConnection) -> WebAccess:
    """Return what the web chat of the application that serves a request has."""
    return cast(WebAccess, connection.app.state.web)
