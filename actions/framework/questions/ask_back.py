"""A question asked back at a question: what a fact is needed for."""

from __future__ import annotations

import re

from actions.reading.message import Message

ASKS_WHY = re.compile(
    r"为(什么|啥|何|嘛)|干(嘛|吗|什么|啥)|做(什么|啥)|凭(什么|啥)|有(什么|啥)用|一定要|必须"
    r"|(不|没有?)(给|说|留|填|报|提供|写)?[^，。,]{0,6}(行|可以|成)(吗|么|不|嘛)|能不(给|说|留|填|报|能不)|不能不|会不会(泄露|骚扰)|安全吗"
)
_DOUBTS = re.compile(
    r"(为什么|为啥|干嘛|凭什么)(一定|非|还)?(要|得)?(问|填|留|提供|知道|告诉|说)|(问|要|留|填)(我)?(这|那)?(个|些|么多)?.{0,5}(干嘛|干什么|干吗|做什么|干啥|有什么用|有啥用)|"
    r"有(什么|啥|毛线)?关系[吗么啊嘛]?[？?]?$|有必要[吗么]|(会不会|不会|别).{0,4}(骚扰|泄露|卖给)|(骚扰|泄露).{0,6}[吗吧么？?]$"
)
WHY_PHRASES = {
    "order": "why.order",
    "digits": "why.digits",
    "phone": "why.phone",
    "name": "why.name",
    "address": "why.address",
}
"""Facts whose purpose is told to whoever asks, and the phrase that tells it."""


def asks_reason_for(message: Message, asked: str | None) -> bool:
    """Tell whether an answer asks what the fact is needed for."""
    return asked in WHY_PHRASES and len(message.bare()) <= 24 and bool(ASKS_WHY.search(message.words))


def doubts_any_question(message: Message) -> bool:
    """Tell whether a message doubts that a question, whatever it was, need be asked."""
    return bool(_DOUBTS.search(message.words))
