"""Run the gateway: `python -m bot.gateway`."""

from __future__ import annotations

import errno
import socket
import sys

import structlog
import uvicorn

from bot import logs
from bot.gateway.app import create_app
from bot.gateway.frames import FRAME_LIMIT
from bot.gateway.words import WordsMissingError
from bot.settings import Settings, settings
from phrasebook.errors import PhrasebookError

log = structlog.get_logger("bot.gateway")

_GRACE_SECONDS = 5


def main() -> int:
    """Serve until told to stop; return the exit code."""
    chosen = settings()
    logs.configure(chosen.log_level)
    try:
        listener = _listen(chosen)
    except OSError as error:
        print(_why(error, chosen), file=sys.stderr)
        return 1
    try:
        app = create_app(chosen)
    except (PhrasebookError, WordsMissingError, ValueError) as error:
        print(f"gateway: cannot start: {error}", file=sys.stderr)
        return 1
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ws_max_size=FRAME_LIMIT,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def _listen(chosen: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    # The protocol named: asyncio turns Nagle's waiting off only on sockets that say they are TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((chosen.host, chosen.port))
        # Bound twice with SO_REUSEADDR is found out only here.
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def _why(error: OSError, chosen: Settings) -> str:
    where = f"{chosen.host}:{chosen.port}"
    if error.errno == errno.EADDRINUSE:
        return f"gateway: port {chosen.port} is taken on {chosen.host}; stop what runs there or set LIYAN_PORT"
    if error.errno == errno.EACCES:
        return f"gateway: not allowed to listen on {where}; choose a port above 1023 with LIYAN_PORT"
    return f"gateway: cannot listen on {where}: {error.strerror}; check LIYAN_HOST"


if __name__ == "__main__":
    sys.exit(main())
