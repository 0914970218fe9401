"""Features of an utterance: character n-grams across word ends, numbers masked, punctuation levelled."""

from __future__ import annotations

import re

_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_ORDER = re.compile(r"(?<!\d)\d{12,}(?!\d)")
_TICKET = re.compile(r"t\d{6}-?\d{5}(?!\d)")
_LINK = re.compile(r"https?://[!-~]+")
_NUMBER = re.compile(r"\d{4,}")
_REPEATED = re.compile(r"(.)\1{3,}")
_PUNCTUATION = re.compile(r"[^\w①-⑤]+|_+")
# A polite beginning says nothing about the wish that follows it.
_OPENING = re.compile(
    r"^(?:(?:亲+|您好|你好|在吗|在么|在不在|在嘛|hi|hello|客服|美女|请问一下|请问|老板|那个|嗯+|哦+|额|好的|好吧)[啊呀哈吗呢哦]* *)+(?=.{4})"
)


def mask(folded: str) -> str:
    """Replace numbers and links by signs of their kind, punctuation and blanks by one blank.

    Args:
        folded: a text folded by ``fold_text``.
    """
    text = _LINK.sub("①", folded)
    text = _TICKET.sub("⑤", text)
    text = _PHONE.sub("②", text)
    text = _ORDER.sub("③", text)
    text = _NUMBER.sub("④", text)
    text = _REPEATED.sub(r"\1\1\1", text)
    return _PUNCTUATION.sub(" ", text).strip()


def ngrams(masked: str, longest: int) -> list[str]:
    """Return all character n-grams of ``^masked$`` from 1 to ``longest``."""
    framed = f"^{masked}$"
    length = len(framed)
    return [framed[i : i + n] for n in range(1, longest + 1) for i in range(length - n + 1)]


def features(folded: str, longest: int) -> list[str]:
    """Return the features of a folded utterance, repeated as often as they occur."""
    masked = mask(folded)
    return ngrams(_OPENING.sub("", masked) or masked, longest)
