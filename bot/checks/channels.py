"""Do the channels that run and the phrasebook's table of channels agree?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.channels.registry import CHANNELS
from bot.chat.delivery.channel import Channel
from phrasebook.book.book import CHANNEL_LIMITS


def channel_problems(channels: Iterable[type[Channel]] = CHANNELS) -> Iterator[str]:
    """Yield what does not agree: phrases are written and checked for the channels of the phrasebook's table."""
    for channel in channels:
        limit = CHANNEL_LIMITS.get(channel.name)
        if limit is None:
            yield f"channel {channel.name} is registered but has no line in CHANNEL_LIMITS of phrasebook/book/book.py"
        elif limit.max_bytes != channel.limits.message_bytes:
            yield (
                f"channel {channel.name} carries {channel.limits.message_bytes} bytes a message,"
                f" CHANNEL_LIMITS of phrasebook/book/book.py says {limit.max_bytes}"
            )
