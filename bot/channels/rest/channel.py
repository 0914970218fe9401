"""The REST webhook as a channel: a caller is handed what was said as the answer to the call."""

from __future__ import annotations

from bot.channels.base import HttpChannel
from bot.channels.rest import webhook


class RestChannel(HttpChannel):
    """A program that asks, and presses buttons by sending their payload."""

    name = webhook.CHANNEL
    typed_payload_is_press = True
    routers = (webhook.router,)
