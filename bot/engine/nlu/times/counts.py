"""Small numbers as people write them in times: 三, 十二, 两, 08."""

from __future__ import annotations

from phrasebook.numerals import COMMON

_DIGIT = f"[{COMMON}两]"
NUMBER = rf"(?:\d{{1,3}}|{_DIGIT}?[十百][{COMMON}两十]{{0,3}}|{_DIGIT})"
