"""Several broken things in one message: the first gets its visit now, each other one waits for its own."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.framework.turn import JourneyTurn
from actions.reading.answers import has_defect
from actions.reading.message import IntentPart, Message

_APART = re.compile(r"[，,。；;、！!\s]|和|跟|还有|另外|以及|也|都")
_ALL = re.compile(r"都|全")
_EDGES = re.compile(r"^[，,。；;、\s]+|(?:[，,。；;、\s]|和|跟|还有|另外)+$")
_CLAUSE = re.compile(r"[，,。；;！!\n]")


def first_fault(turn: JourneyTurn) -> Message:
    """Return what the message says of the first broken thing, and keep the others for later.

    A thing counts when words of a fault stand with it: the washing machine of “洗衣机漏水把地板泡了” is the only one.
    """
    message = turn.message
    pieces = _pieces(message)
    if len(pieces) < 2:
        return message
    told = replace(message, wishes=tuple(pieces))
    later = [told.part(piece).for_later() for piece in pieces[1:]]
    turn.set("pending_wishes", [*later, *(turn.get("pending_wishes") or [])])
    return told.part(pieces[0])


def _pieces(message: Message) -> list[IntentPart]:
    text = message.words
    things = _things(message)
    if len(things) < 2:
        return []
    last = things[-1][1]
    shared = text[last : _clause_end(text, last)]
    pieces: list[IntentPart] = []
    for (start, named), following in zip(things, [*(start for start, _ in things[1:]), None], strict=True):
        end = _clause_end(text, start) if following is None else following
        words = text[start:end]
        if _ALL.search(shared) and not has_defect(words):
            words = text[start:named] + shared
        if has_defect(words):
            pieces.append(IntentPart(message.intent, _EDGES.sub("", words), start, end))
    if len(pieces) < 2:
        return []
    # What is told beside the things, a time or an address, is told for the first visit.
    first, *others = pieces
    beside = "，".join(
        part for part in (text[: first.start] + first.text, _EDGES.sub("", text[others[-1].end :])) if part
    )
    return [IntentPart(message.intent, beside, 0, first.end), *others]


def _things(message: Message) -> list[tuple[int, int]]:
    """Return where the first mention of each thing stands, of those that stand apart from the one before."""
    found: list[tuple[int, int]] = []
    known: set[str] = set()
    last_end = 0
    named = zip(message.values("product"), message.spans("product"), strict=False)
    for value, (start, end) in sorted(named, key=lambda pair: pair[1]):
        apart = not found or _APART.search(message.text[last_end:start])
        if value not in known and apart:
            found.append((start, end))
            known.add(str(value))
        last_end = end
    return found


def _clause_end(text: str, start: int) -> int:
    match = _CLAUSE.search(text, start)
    return match.start() if match else len(text)
