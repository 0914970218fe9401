"""What the conversation service must know of a channel: what it can carry, and how what is said leaves by it.

The type stands here, below the channels themselves, because the turn and the outbox ask it; what a channel needs of
HTTP is added in `bot/channels/base.py`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.chat.delivery.packing import Part, pack
from bot.desk.conversations.outbox import OutgoingMessage
from bot.desk.models import Message, OutboxMessage


@dataclass(frozen=True)
class Limits:
    """What a channel carries; None is no limit.

    Args:
        message_bytes: bytes of UTF-8 in one message.
        reply_messages: messages in the answer to one sentence.
        quota: messages that may leave within `window` after the customer wrote last.
    """

    message_bytes: int | None = None
    reply_messages: int | None = None
    quota: int | None = None
    window: timedelta = timedelta(0)


class Delivery(enum.Enum):
    """How what was said reaches the customer."""

    READ = "read"
    """The customer's side reads the recorded sentences themselves."""
    COLLECTED = "collected"
    """Messages wait in the outbox until the channel's own route takes them along."""
    PUSHED = "pushed"
    """Messages in the outbox are delivered by us."""


class DeliveryError(Exception):
    """The far side did not take a message this time: it is tried again."""


class UndeliverableError(DeliveryError):
    """The far side will never take this message: it is given up."""


class Channel:
    """A way by which customers reach us and we reach them."""

    name: str
    delivery = Delivery.READ
    limits = Limits()
    numbered_choices = False
    """Without buttons: choices stand numbered below the text, and the number or the words choose."""
    typed_payload_is_press = False
    """A text that equals the payload of a live button presses it; else it is plain text."""
    collect_seconds = 0.0
    """How long the channel's own route may take an answer along before it is pushed."""
    delivery_seconds = 10.0
    """How long one delivery may take before it counts as failed."""

    @property
    def can_push(self) -> bool:
        """Tell whether we can reach a customer who asks nothing."""
        return self.delivery is Delivery.PUSHED

    @property
    def uses_outbox(self) -> bool:
        """Tell whether what is said is made into messages that wait in the outbox."""
        return self.delivery is not Delivery.READ

    def messages(self, said: Sequence[Message], *, room: int | None = None) -> list[OutgoingMessage]:
        """Make the messages of a channel out of sentences: merged and cut so that they fit.

        Args:
            said: in the order they were said.
            room: messages that the quota still allows; those beyond it wait.
        """
        most = min((limit for limit in (self.limits.reply_messages, room) if limit is not None), default=None)
        parts = [Part(row.text, row.seq, row.seq) for row in said]
        return [
            OutgoingMessage(part.text, part.first, part.last)
            for part in pack(parts, most_bytes=self.limits.message_bytes, most=most)
        ]

    async def deliver(self, message: OutboxMessage) -> str | None:
        """Hand a message to the far side and return the far side's id of it; only for channels that push.

        The far side may be handed the same message again after a crash: `message.id` is the key by which it knows.

        Raises:
            UndeliverableError: it will never take it.
            DeliveryError: it did not take it now; any other error counts as the same.
        """
        raise NotImplementedError(f"channel {self.name} does not push")


class UnknownChannelError(LookupError):
    """No channel of this name runs here."""


class Channels:
    """The channels that run.

    Raises:
        ValueError: two have the same name.
    """

    def __init__(self, channels: Iterable[Channel]) -> None:
        self._by_name: dict[str, Channel] = {}
        for channel in channels:
            if channel.name in self._by_name:
                raise ValueError(f"two channels are named {channel.name}")
            self._by_name[channel.name] = channel

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._by_name.values())

    def __getitem__(self, name: str) -> Channel:
        """Return a channel.

        Raises:
            UnknownChannelError: none of this name runs here.
        """
        try:
            return self._by_name[name]
        except KeyError:
            available = ", ".join(sorted(self._by_name))
            raise UnknownChannelError(f"no channel {name} runs here; available: {available}") from None

    @property
    def names(self) -> frozenset[str]:
        """Return the names of all channels."""
        return frozenset(self._by_name)

    @property
    def pushing(self) -> frozenset[str]:
        """Return the names of those that push."""
        return frozenset(channel.name for channel in self if channel.can_push)
