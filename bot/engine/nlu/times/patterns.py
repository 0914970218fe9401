"""Patterns that several readers of times share: small numbers (三, 十二, 两, 08), words for a time of the day."""

from __future__ import annotations

from phrasebook.numerals import COMMON

_DIGIT = f"[{COMMON}两]"
NUMBER = rf"(?:\d{{1,3}}|{_DIGIT}?[十百][{COMMON}两十]{{0,3}}|{_DIGIT})"
TIME_OF_DAY = r"早上|上午|中午|下午|傍晚|晚上|\d{1,2}[点:]"
