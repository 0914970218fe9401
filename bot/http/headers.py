"""Headers that keep pages safe, set on every answer."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


ONLY_HTTPS = {"Strict-Transport-Security": f"max-age={365 * 24 * 3600}"}


class SecurityHeaders:
    """Set the content security policy and its companions.

    Args:
        embedding: origins that may frame our pages and load the chat element.
        secure: the site is behind TLS: browsers are to come by HTTPS only, for a year from each visit.
    """

    def __init__(self, app: ASGIApp, embedding: frozenset[str], *, secure: bool) -> None:
        self._app = app
        self._fixed = FIXED | (ONLY_HTTPS if secure else {})
        self._ancestors = " ".join(["'self'", *sorted(embedding)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        policy = self._policy(HTTPConnection(scope).headers.get("host", ""))
        # The element is loaded by shops on other origins; everything else is ours alone.
        resource = "cross-origin" if scope["path"].startswith("/static/") else "same-origin"

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._fixed.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", policy)
                headers.setdefault("Cross-Origin-Resource-Policy", resource)
                if scope["path"].startswith("/static/"):
                    headers.setdefault("Access-Control-Allow-Origin", "*")
            await send(message)

        await self._app(scope, receive, dressed)

    def _policy(self, host: str) -> str:
        # Older browsers do not count ws: of the same host as 'self'. A host that is no plain host is left out.
        plain = host and all(char.isalnum() or char in ".-:[]" for char in host) and host.isascii()
        sockets = f" ws://{host} wss://{host}" if plain else ""
        return "; ".join(
            [
                "default-src 'self'",
                f"connect-src 'self'{sockets}",
                "img-src 'self' data:",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                f"frame-ancestors {self._ancestors}",
            ]
        )
