"""The channels that run: a new one is added here, and nowhere else."""

from __future__ import annotations

from bot.channels.base import HttpChannel
from bot.channels.rest.channel import RestChannel
from bot.channels.web.channel import WebChannel
from bot.settings import Settings

CHANNELS: tuple[type[HttpChannel], ...] = (WebChannel, RestChannel)


def make_channels(settings: Settings, *more: type[HttpChannel]) -> list[HttpChannel]:
    """Make every registered channel, and `more` that are not; a seam for tests."""
    return [channel(settings) for channel in (*CHANNELS, *more)]
