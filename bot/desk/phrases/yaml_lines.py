"""Write phrases as the YAML of `phrasebook/approved`: the same phrase always gives the same lines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date

from phrasebook.book.book import Phrase
from phrasebook.book.load import phrase_to_table

# Words and Chinese punctuation: what no YAML reader can take for anything but text.
_INNER = r"[\w\u3001-\u303f\uff01-\uff60\u2014\u2018\u2019\u201c\u201d\u2026\u00b7\u00a5%/()+.~-]"
_PLAIN = re.compile(rf"[^\W\d_](?:{_INNER}| (?! ))*(?<! )|[“‘《【（](?:{_INNER}| )*(?<! )")
_BLOCK_PLAIN = re.compile(rf"(?:[^\W\d_]|[“‘《【（])(?:{_INNER}|[{{}}]| (?! ))*(?<! )")
_LITERAL = re.compile(r"\S(?:.*\S)?")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_BREAKS = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


def phrase_block(phrase: Phrase, *, owner: str, indent: int = 2) -> list[str]:
    """Return the lines of one phrase as an item of its file's list.

    Args:
        owner: the file's owner; another one is written beside the phrase.
        indent: blanks before the dash.
    """
    table = phrase_to_table(phrase)
    variants = table.pop("variants")
    if phrase.owner != owner:
        table["owner"] = phrase.owner
    lines: list[str] = []
    for key, value in table.items():
        if key == "variables" and isinstance(value, Mapping):
            lines.append("variables:")
            lines += [f"  {name}: {_flow(row)}" for name, row in value.items()]
        else:
            lines.append(f"{key}: {_scalar(value) if isinstance(value, str) else _flow(value)}")
    lines.append("variants:")
    assert isinstance(variants, list)
    lines += [f"  {line}" for variant in variants for line in _variant(variant)]
    pad = " " * indent
    return [f"{pad}- {lines[0]}", *(f"{pad}  {line}" for line in lines[1:])]


def file_head(scene: str, owner: str) -> list[str]:
    """Return the first lines of a new file."""
    return [f"scene: {scene}", f"owner: {_scalar(owner)}", "phrases:"]


def _variant(text: str) -> list[str]:
    """Return the lines of one sentence; a text of several lines stands as a block, so that a diff shows each."""
    lines = text.split("\n")
    if len(lines) > 1 and all(_LITERAL.fullmatch(line) and line.isprintable() for line in lines):
        return ["- |-", *(f"  {line}" for line in lines)]
    return [f"- {_scalar(text, _BLOCK_PLAIN)}"]


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) else _scalar(str(value))


def _scalar(text: str, plain: re.Pattern[str] = _PLAIN) -> str:
    if plain.fullmatch(text) and text.isprintable() and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _BREAKS.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
