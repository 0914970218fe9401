"""The gateway with pigeon post added, as a process: `python -m tests.support.pigeon_gateway`."""

from __future__ import annotations

import uvicorn

from bot.channels.registry import make_channels
from bot.chat.services import build_services
from bot.gateway.app import create_app
from bot.settings import settings
from tests.support.pigeon import PigeonChannel
from tests.support.stage import QUICK


def main() -> None:
    """Serve until told to stop."""
    chosen = settings()
    services = build_services(chosen, make_channels(chosen, PigeonChannel), retry=QUICK)
    uvicorn.run(create_app(chosen, services=services), host=chosen.host, port=chosen.port, log_config=None)


if __name__ == "__main__":
    main()
