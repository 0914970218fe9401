"""Run the gateway: `python -m bot.gateway`."""

from __future__ import annotations

import os
import sys

import structlog
import uvicorn

from bot import logs
from bot.chat.speech.phrases_in_force import PhraseMissingError
from bot.gateway.app import create_app
from bot.gateway.serving import server_config
from bot.process.ports import PortTaken, listen
from bot.settings import PRIVATE_UMASK, settings
from phrasebook.errors import PhrasebookError

log = structlog.get_logger("bot.gateway")


def main() -> int:
    """Serve until told to stop; return the exit code."""
    os.umask(PRIVATE_UMASK)
    chosen = settings()
    logs.configure(chosen.log_level)
    try:
        listener = listen(chosen.host, chosen.port, "LIYAN_PORT")
    except PortTaken as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 1
    listener.set_inheritable(True)
    try:
        chosen.ensure_inner_ports()
        app = create_app(chosen)
    except (PhrasebookError, PhraseMissingError, ValueError) as error:
        print(f"gateway: cannot start: {error}", file=sys.stderr)
        return 1
    uvicorn.Server(server_config(app)).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
