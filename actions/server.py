"""The action server: every journey behind one address, on loopback."""

from __future__ import annotations

import os
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Request, Sanic
from sanic.response import HTTPResponse, json

from actions.framework import quoting
from actions.framework.records import database
from bot.settings import PRIVATE_UMASK, settings


class Executor(ActionExecutor):
    """Run actions without the domain: ours never look at it, and the engine does not send it."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        """Return an empty domain where the sdk would ask the engine for the whole."""
        return {}


def application() -> Sanic[Any, Any]:
    """Return the server with all journeys registered."""
    # Built in the middle of a turn it would hold up everybody's records for as long.
    quoting.filter_in_force()
    executor = Executor()
    executor.register_package("actions")
    app = create_app(executor, cors_origins=[])
    app.on_request(_tell_when_stuck)
    return app


async def _tell_when_stuck(request: Request) -> HTTPResponse | None:
    """Answer the look at our health with 503 when only a restart frees the records that we lock."""
    if request.path == "/health" and database().writes.stuck():
        return json({"status": "stuck"}, status=503)
    return None


def main() -> None:
    """Serve until stopped, in one process: a second one would only wait for the same database."""
    os.umask(PRIVATE_UMASK)
    application().run(host="127.0.0.1", port=settings().actions_port, single_process=True, access_log=False, motd=False)
