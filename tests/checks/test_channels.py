"""A channel without a line in the phrasebook's table, or with another limit there, is found."""

from __future__ import annotations

from bot.channels.registry import CHANNELS
from bot.channels.rest.channel import RestChannel
from bot.chat.delivery.channel import Limits
from bot.checks.channels import channel_problems


class Pigeon(RestChannel):
    """No phrase was written for it."""

    name = "pigeon"


class ShortRest(RestChannel):
    """It carries less than the phrases were checked for."""

    limits = Limits(message_bytes=100)


def test_registered_channels_stand_in_the_phrasebooks_table() -> None:
    """The channels as they are shipped agree with the table."""
    assert list(channel_problems(CHANNELS)) == []


def test_disagreement_is_told() -> None:
    """A missing line and another limit are named with the file to mend."""
    missing, other = channel_problems([Pigeon, ShortRest])
    assert "pigeon is registered but has no line" in missing
    assert "rest carries 100 bytes a message" in other
    assert "says None" in other
