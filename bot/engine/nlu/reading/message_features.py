"""Features of a whole message for the classification of acts and kinds."""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate

from bot.engine.nlu.reading.clues import Clues

_SIGNS = {
    "order_number": "③", "phone": "②", "ticket_number": "⑤", "digits": "④", "time": "⑥", "address": "⑦",
    "person": "⑧", "product": "⑨", "model": "⑨", "amount": "⑩", "defect": "⑪",
}  # fmt: skip
"""One sign for each kind of entity: which number or which place says nothing of the act."""
_LONG_NUMBER = re.compile(r"\d{4,}")
_REPEATED = re.compile(r"(.)\1{3,}")
_BREAK = re.compile(r"[,.!?;:\s]+")
_LENGTHS = tuple(accumulate((2, 1, 1, 2, 2, 3, 4, 5, 10, 15, 25)))
_LONGEST = 3
_SHORT = 6
"""Characters up to which a message counts as a whole too."""
_FIRST = 200
"""Characters that are looked at."""


def message_features(clues: Clues) -> Counter[str]:
    """Return the features of a message: n-grams, words, clauses, entities, length; each with form and question."""
    name, form = clues.question.name, clues.question.form
    text = clues.text[:_FIRST]
    grams = _grams(_masked(clues)[:_FIRST])
    found = {*grams, f"Q:{name}", f"F:{form}", *_edges(text.strip(), form), *_clauses(text, form)}
    for gram in grams:
        if len(gram) < _LONGEST:
            found.update((f"{form}|{gram}", f"{name}|{gram}"))
    for word in clues.words:
        if word.start < _FIRST:
            found.update((f"w:{word.name}", f"w:{word.name}|{form}"))
    entities = {f"E:{entity.name}" for entity in clues.entities} or {"E:"}
    size = sum(len(text) >= bound for bound in _LENGTHS)
    for one in (*entities, f"L:{size}"):
        found.update((one, f"{one}|{form}", f"{one}|{name}"))
    return Counter(found)


def _grams(text: str) -> set[str]:
    framed = f"^{text}$"
    return {framed[i : i + n] for n in range(1, _LONGEST + 1) for i in range(len(framed) - n + 1)}


def _masked(clues: Clues) -> str:
    """Return the text with a sign in place of each entity."""
    parts, place = [], 0
    for entity in sorted(clues.entities, key=lambda one: one.start):
        if entity.name in _SIGNS and entity.start >= place:
            parts += [clues.text[place : entity.start], _SIGNS[entity.name]]
            place = entity.end
    text = "".join(parts) + clues.text[place:]
    return _REPEATED.sub(r"\1\1\1", _LONG_NUMBER.sub("④", text))


def _edges(text: str, form: str) -> set[str]:
    edges = {f"{side}:{text[:n] if side == 'S' else text[-n:]}" for n in (2, 3, 4) for side in "SZ"}
    whole = {f"W:{text.strip('。.!~ ,')}|{form}"} if len(text) <= _SHORT else set()
    return edges | whole | {f"S:{text[:2]}|{form}", f"Z:{text[-2:]}|{form}"}


def _clauses(text: str, form: str) -> set[str]:
    clauses = [clause for clause in _BREAK.split(text) if clause]
    if not clauses:
        return set()
    first = {f"C:{clauses[0]}", f"C:{clauses[0]}|{form}", f"CZ:{clauses[-1]}", f"CN:{min(len(clauses), 5)}"}
    return first | {f"c:{clause[:2]}" for clause in clauses}
