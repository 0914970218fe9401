"""Choose the phrase for the customer and the variant that was said longest ago; explain both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from phrasebook.book.book import TONES, ApprovedPhrases, Phrase
from phrasebook.china_time import SHANGHAI
from phrasebook.errors import NotApprovedError, NotFittingError


@dataclass(frozen=True)
class Choice:
    """The variant to say, and why it was taken."""

    variant_index: int
    why: str


@dataclass(frozen=True)
class Selection:
    """The phrase to say, and why it was taken in the place of the one asked for."""

    phrase: Phrase
    why: str


def ensure_sendable(phrase: Phrase, now: datetime) -> None:
    """Refuse a phrase that nobody approved or whose time has not come or has passed.

    Raises:
        NotApprovedError: state or dates forbid it.
    """
    today = now.astimezone(SHANGHAI).date() if now.tzinfo else now.date()
    if phrase.state not in ("approved", "scheduled"):
        raise NotApprovedError(phrase.id, f"version {phrase.version} is {phrase.state}")
    if phrase.state == "scheduled" and phrase.valid_from is None:
        raise NotApprovedError(phrase.id, f"version {phrase.version} is scheduled without a date")
    if phrase.valid_from and today < phrase.valid_from:
        raise NotApprovedError(phrase.id, f"valid from {phrase.valid_from}, today is {today}")
    if phrase.valid_until and today > phrase.valid_until:
        raise NotApprovedError(phrase.id, f"expired on {phrase.valid_until}, today is {today}")


def choose(
    phrase: Phrase,
    used: Sequence[int],
    *,
    channel: str | None = None,
    care: str | None = None,
    tone: str | None = None,
    now: datetime,
    start: int = 0,
) -> Choice:
    """Choose the variant that was used longest ago; none repeats before the others were used.

    Args:
        used: variant indices said in this conversation for this phrase, oldest first.
        channel: web, rest, wechat or wecom; variants too long for it are left out.
        care: care group of the customer (elderly …); a phrase for another group does not fit.
        tone: rung of the tone ladder, told in the explanation.
        now: the moment of the message.
        start: the variant a fresh conversation begins with (a hash of its id spreads them).

    Raises:
        NotApprovedError: the phrase may not be sent now.
        NotFittingError: wrong care group or channel, or every variant is too long for the channel.
    """
    ensure_sendable(phrase, now)
    if phrase.care is not None and phrase.care != care:
        raise NotFittingError(phrase.id, f"is for {phrase.care} only, the customer is {care or 'in no care group'}")
    fitting = _fitting(phrase, channel)
    last = {index: turn for turn, index in enumerate(used)}
    count = len(phrase.variants)
    index = min(fitting, key=lambda i: (last.get(i, -1), (i - start) % count))
    return Choice(index, _why(phrase, index, fitting, last, channel, tone))


def select(
    book: ApprovedPhrases,
    phrase_id: str,
    *,
    channel: str | None = None,
    care: str | None = None,
    tone: str | None = None,
    now: datetime,
) -> Selection:
    """Choose the phrase, or the alternative (`instead_of`) that suits care group and tone better.

    Raises:
        UnknownPhraseError: no such id.
        NotApprovedError: the phrase may not be sent now and no alternative may.
    """
    asked = book.get(phrase_id)
    best, best_rank = asked, _rank(asked, care, tone)
    for other in book.alternatives(phrase_id):
        rank = _rank(other, care, tone)
        if rank > best_rank and _usable(other, channel, care, now):
            best, best_rank = other, rank
    if best is not asked:
        return Selection(best, f"{best.id} instead of {phrase_id}: care {care or '-'}, tone {tone or '-'}")
    ensure_sendable(asked, now)
    return Selection(asked, f"{phrase_id} as asked")


def _rank(phrase: Phrase, care: str | None, tone: str | None) -> tuple[int, int]:
    care_rank = 0 if phrase.care is None else (1 if phrase.care == care else -1)
    if tone is None:
        return care_rank, 0
    # A phrase less heated than the conversation is better than one that apologises too much.
    distance = TONES.index(tone) - TONES.index(phrase.tone)
    return care_rank, -distance if distance >= 0 else -10 + distance


def _usable(phrase: Phrase, channel: str | None, care: str | None, now: datetime) -> bool:
    try:
        choose(phrase, (), channel=channel, care=care, now=now)
    except (NotApprovedError, NotFittingError):
        return False
    return True


def _fitting(phrase: Phrase, channel: str | None) -> list[int]:
    everything = list(range(len(phrase.variants)))
    if channel is None:
        return everything
    limit = phrase.channel_limit(channel)
    if not limit.allowed:
        raise NotFittingError(phrase.id, f"is not for channel {channel}")
    bytes_limit = limit.max_bytes or float("inf")
    chars_limit = limit.max_chars or float("inf")
    # The template stands for the text here; `render` measures the finished one.
    fitting = [
        i
        for i in everything
        if len(phrase.variants[i].encode()) <= bytes_limit and len(phrase.variants[i]) <= chars_limit
    ]
    if not fitting:
        raise NotFittingError(phrase.id, f"every variant is too long for channel {channel}")
    return fitting


def _why(
    phrase: Phrase, index: int, fitting: list[int], last: dict[int, int], channel: str | None, tone: str | None
) -> str:
    turn = last.get(index)
    reason = "not said yet in this conversation" if turn is None else "said longest ago in this conversation"
    left_out = len(phrase.variants) - len(fitting)
    parts = [f"variant {index} of {len(phrase.variants)}: {reason}", f"{phrase.state} version {phrase.version}"]
    if left_out:
        parts.append(f"{left_out} too long for {channel}")
    if tone:
        parts.append(f"tone {phrase.tone} for {tone}")
    if phrase.care:
        parts.append(f"care {phrase.care}")
    return "; ".join(parts)
