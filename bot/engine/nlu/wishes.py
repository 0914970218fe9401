"""Several wishes in one message: cut it into clauses and judge each for itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

Judge = Callable[[str], "tuple[str, float]"]

# Wishes with an answer of their own. A fault or anger beside a wish is its reason, not a second wish.
BUSINESS = frozenset(
    {
        "consult_product", "consult_price_promotion", "consult_stock", "restock_notify", "order_status", "logistics",
        "modify_order_or_address", "cancel_order", "return_goods", "exchange_goods", "refund_status", "warranty_policy",
        "repair_booking", "install_service", "invoice", "payment_problem", "complaint", "ask_hours_contact",
        "ticket_progress", "change_booking", "cancel_booking", "usage_help_fault",
    }
)  # fmt: skip
_REASONS = frozenset({"complaint", "usage_help_fault", "consult_product"})
# Wishes of one family are one wish in several words, unless the customer says “another thing”.
_FAMILIES = (
    frozenset({"return_goods", "refund_status", "exchange_goods", "cancel_order", "complaint"}),
    frozenset({"order_status", "logistics", "complaint", "urge", "ticket_progress"}),
    frozenset({"repair_booking", "usage_help_fault", "change_booking", "cancel_booking", "install_service"}),
    frozenset({"modify_order_or_address", "change_booking", "exchange_goods", "invoice"}),
    frozenset({"consult_stock", "restock_notify", "consult_product"}),
    frozenset({"payment_problem", "order_status", "refund_status"}),
)
# One of the wishes at least is beyond doubt; the others may be a little less clear.
_CLEAR = 0.9
# The same where the customer says that there are several.
_CLEAR_SAID = 0.75
_BREAK = re.compile(
    r"[,.!?;\n]+\s*|\s+|(?=另外|然后(?:把|再|帮|给|还|我|请)|并且|接着|还有(?!多久|几|没|货|吗|多)|顺便|对了|同时(?!到)|以及|其次|再(?:帮我|问|查|麻烦|请问|给我)|也(?:帮我|想问|顺便))"
)
_ANOTHER = re.compile(r"(?:另外|还有|还要|还想|还得|然后|并且|接着|顺便|对了|同时|以及|其次|再|也|第二|2[.,、])")
_OPENING = re.compile(r"(?:另外|还有|然后|并且|接着|顺便|对了|同时|以及|其次)[,.\s]*")
_OWN_VOICE = re.compile(
    r"怎么|如何|多少|多久|什么|几|哪|吗|么|能不能|可以|可不可以|我要|我想|想要|帮我|帮忙|麻烦|给我|请|有没有|是不是|啥|咋|查|问|退|换|修|开票|发票|投诉|取消|改|谁"
)
# Anger is a reason; a complaint as a wish says so.
_COMPLAINS = re.compile(r"投诉|举报|曝光|差评|赔|说法|12315|维权")


@dataclass(frozen=True)
class Wish:
    """A wish with its span in the folded text."""

    intent: str
    confidence: float
    start: int
    end: int
    another: bool = False


def split_wishes(folded: str, judge: Judge, *, sure: float, said: float) -> list[Wish]:
    """Return the clear business wishes of ``folded`` in order, or nothing when there are not several.

    Args:
        judge: the classifier: text → intent and confidence.
        sure: least confidence of a clause's wish.
        said: the same on both sides of words like 另外 and 顺便.
    """
    clauses = list(_clauses(folded))
    if len(clauses) < 2:
        return []
    anothers = [_ANOTHER.match(folded[start:end]) is not None for start, end in clauses]
    wishes: list[Wish] = []
    for (start, end), another, followed in zip(clauses, anothers, [*anothers[1:], False], strict=True):
        text = folded[start:end]
        intent, confidence = judge(text)
        # “Another thing” says of the clause before it, too, that it is a wish of its own.
        if intent not in BUSINESS or confidence < (said if another or followed else sure):
            continue
        if (_COMPLAINS if intent == "complaint" else _OWN_VOICE).search(text):
            _add(wishes, Wish(intent, confidence, start, end, another))
    least = _CLEAR_SAID if any(wish.another for wish in wishes) else _CLEAR
    clear = max((wish.confidence for wish in wishes), default=0.0) >= least
    if not clear or len({wish.intent for wish in wishes}) < 2:
        return []
    return list(_with_accounts(wishes, clauses, folded))


def _with_accounts(wishes: list[Wish], clauses: list[tuple[int, int]], folded: str) -> Iterator[Wish]:
    """Yield the wishes with the clauses around them, which tell of their matter, without the words that join them.

    What wishes nothing belongs to the wish before it, but behind “another thing” to the one that follows.
    """
    begin = clauses[0][0]
    for wish, following in zip(wishes, [*wishes[1:], None], strict=True):
        until = following.start if following else clauses[-1][1] + 1
        between = [clause for clause in clauses if wish.end <= clause[0] < until]
        until = next((start for start, end in between if following and _ANOTHER.match(folded[start:end])), until)
        last = max(end for start, end in clauses if start < until)
        yield replace(wish, start=begin, end=max(wish.end, last))
        opening = _OPENING.match(folded, until)
        begin = opening.end() if opening else until


def _add(wishes: list[Wish], wish: Wish) -> None:
    """Take ``wish``, or let it continue the last one when it is of the same kind."""
    for place, known in enumerate(wishes):
        if known.intent == wish.intent:
            if place == len(wishes) - 1:
                wishes[place] = replace(known, end=wish.end, confidence=max(known.confidence, wish.confidence))
            return
    relatives = [known for known in wishes if _related(known.intent, wish.intent)]
    if relatives and not wish.another:
        if relatives[-1].intent in _REASONS and wish.intent not in _REASONS:
            wishes[wishes.index(relatives[-1])] = replace(wish, start=relatives[-1].start)
        return
    wishes.append(wish)


def _related(one: str, other: str) -> bool:
    return any(one in family and other in family for family in _FAMILIES)


def _clauses(folded: str) -> Iterator[tuple[int, int]]:
    """Yield the clauses of at least three characters; a shorter one is joined to its neighbour."""
    start = 0
    for gap in _BREAK.finditer(folded):
        if gap.start() - start >= 3:
            yield start, gap.start()
            start = gap.end()
        elif gap.start() == start or not folded[start : gap.start()].strip():
            start = gap.end()
    if len(folded) - start >= 3:
        yield start, len(folded)
