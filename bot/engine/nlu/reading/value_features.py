"""Features of each character for the labelling of values."""

from __future__ import annotations

from bot.engine.nlu.entities.people import SURNAMES
from bot.engine.nlu.reading.clues import Clues

_FRAME = ("<", "<")


def character_features(clues: Clues) -> list[list[str]]:
    """Return the features of each character of the folded text: neighbours, word, entity, question."""
    text, question = clues.text, clues.question.name
    framed = [*_FRAME, *map(_levelled, text), ">", ">"]
    words = _words(clues)
    entities = ["0"] * len(text)
    for entity in clues.entities:
        for place in range(entity.start, min(entity.end, len(text))):
            entities[place] = f"{'b' if place == entity.start else 'i'}{entity.name}"
    around = ["<", *entities, ">"]
    rows = []
    for place in range(len(text)):
        a, b, c, d, e = framed[place : place + 5]
        word, part = words[place]
        row = [
            f"c{c}", f"b{b}", f"d{d}", f"a{a}", f"e{e}", f"bc{b}{c}", f"cd{c}{d}", f"ab{a}{b}", f"de{d}{e}",
            f"bd{b}_{d}", f"abc{a}{b}{c}", f"cde{c}{d}{e}", f"t{part}{_class(c)}", f"w{word}",
            f"q{question}", f"qc{question}{c}",
            f"E{around[place + 1]}", f"Eq{around[place + 1]}{question}", f"E-{around[place]}", f"E+{around[place + 2]}",
        ]  # fmt: skip
        if c in SURNAMES:
            row.append("surname")
        rows.append(row)
    if rows:
        rows[0].append(f"first{question}")
        rows[-1].append(f"last{question}")
    return rows


def _words(clues: Clues) -> list[tuple[str, str]]:
    """Return for each character its word and its part in it: Begin, Middle, End, Single, Outside."""
    found = [("", "O")] * len(clues.text)
    for word in clues.words:
        last = word.end - 1
        for place in range(word.start, word.end):
            part = "S" if word.start == last else "B" if place == word.start else "E" if place == last else "M"
            found[place] = (word.name, part)
    return found


def _levelled(character: str) -> str:
    return "0" if character.isdigit() else character


def _class(character: str) -> str:
    if "\u4e00" <= character <= "\u9fff":
        return "h"
    if character == "0":
        return "0"
    return "a" if character.isalpha() else "_" if character.isspace() else "."
