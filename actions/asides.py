"""A question asked back at a question: what a fact is needed for."""

from __future__ import annotations

import re

from actions.message import Message

WHY = re.compile(
    r"为(什么|啥|何|嘛)|干(嘛|吗|什么|啥)|做(什么|啥)|凭(什么|啥)|有(什么|啥)用|一定要|必须"
    r"|(不|没有?)(给|说|留|填|报|提供|写)?[^，。,]{0,6}(行|可以|成)(吗|么|不|嘛)|能不(给|说|留|填|报|能不)|不能不|会不会(泄露|骚扰)|安全吗"
)
REASONS = {
    "order": "why.order",
    "digits": "why.digits",
    "phone": "why.phone",
    "name": "why.name",
    "address": "why.address",
}
"""Facts whose purpose is told to whoever asks, and the phrase that tells it."""


def asks_why(message: Message, asked: str | None) -> bool:
    """Tell whether an answer asks what the fact is needed for."""
    return asked in REASONS and len(message.bare()) <= 24 and bool(WHY.search(message.words))
