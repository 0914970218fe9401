"""The action server: every journey behind one address, on loopback."""

from __future__ import annotations

import hmac
import os
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Request, Sanic
from sanic.response import HTTPResponse, json

from actions.framework import quoting
from actions.framework.records import database
from bot.settings import PRIVATE_UMASK, SettingsError, settings


class Executor(ActionExecutor):
    """Run actions without the domain: ours never look at it, and the engine does not send it."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        """Return an empty domain where the sdk would ask the engine for the whole."""
        return {}


def application(token: str) -> Sanic[Any, Any]:
    """Return the server with all journeys registered.

    Args:
        token: what the engine must show; only the health check is answered without it.
    """
    # Built in the middle of a turn it would hold up everybody's records for as long.
    quoting.filter_in_force()
    executor = Executor()
    executor.register_package("actions")
    app = create_app(executor, cors_origins=[])
    expected = f"Bearer {token}".encode()

    @app.on_request
    async def only_the_engine(request: Request) -> HTTPResponse | None:
        shown = request.headers.get("authorization", "").encode()
        if request.path == "/health" or hmac.compare_digest(shown, expected):
            return None
        return json({"error": "wrong or missing bearer token"}, status=401)

    app.on_request(_tell_when_stuck)
    return app


async def _tell_when_stuck(request: Request) -> HTTPResponse | None:
    """Answer the look at our health with 503 when only a restart frees the records that we lock."""
    if request.path == "/health" and database().writes.stuck():
        return json({"status": "stuck"}, status=503)
    return None


def main() -> None:
    """Serve until stopped, in one process: a second one would only wait for the same database.

    Raises:
        SettingsError: port or token is not set.
    """
    os.umask(PRIVATE_UMASK)
    chosen = settings()
    if not chosen.actions_port or not chosen.engine_token:
        raise SettingsError("LIYAN_ACTIONS_PORT and LIYAN_ENGINE_TOKEN: `make run` sets both, or set them here")
    app = application(chosen.engine_token.get_secret_value())
    app.run(host="127.0.0.1", port=chosen.actions_port, single_process=True, access_log=False, motd=False)
