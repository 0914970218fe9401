"""Answers that only mean something after a question: a rating, the second of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.engine.nlu.entities.found_entity import FoundEntity
from phrasebook.numerals import read_number

_NUMBER = r"[1-9一二两三四五六七八九十]|1[0-9]"
_STARS = re.compile(r"(?<![\d.一二三四五六七八九十])(?P<n>[1-5一二两三四五])(?:颗?星|分)(?![\d之钟析别开给配享贝类期])")
_FULL = re.compile(r"满分|全五星|都是五星")
_ORDINAL = re.compile(
    rf"第(?P<n>{_NUMBER})(?:个|种|项|条|款|件|单|家|台|双|样|张|排|行|号|(?=$|[,，。!！\s吧呢啊])|次?的)(?!月|星期|礼拜|小时|季度|工作日|学期)"
)
_PICKED = re.compile(
    rf"(?:选|按|点|就)\s*(?:第)?(?P<n>{_NUMBER}|[a-d])(?:号|个)?\s*(?:吧|啊|呀|了|就行|哦|好了)?[。.!！~\s]*$"
)
_ALONE = re.compile(rf"[\s。.,，(（]*(?P<n>{_NUMBER}|[a-d])[\s.。,，、)）!！~]*(?:吧|啊|呀|哈|号|个)?[\s.。!！~]*$")
_LAST = re.compile(r"最后(?:那|这)?一?(?:个|种|款|件|单|条)")


def find_answers(folded: str, *, rating_asked: bool) -> list[FoundEntity]:
    """Return ratings and choices.

    Args:
        folded: the folded message.
        rating_asked: the bot has just asked for a rating, so that a bare figure is one.
    """
    found = [*_ratings(folded)]
    alone = _ALONE.match(folded)
    if rating_asked and alone and (value := _value(alone["n"])) and value <= 5:
        return [FoundEntity("rating", value, alone.start("n"), alone.end("n"))]
    return found or [*_choices(folded)]


def _ratings(text: str) -> Iterator[FoundEntity]:
    for match in _STARS.finditer(text):
        value = _value(match["n"])
        if value:
            yield FoundEntity("rating", value, match.start(), match.end())
    for match in _FULL.finditer(text):
        yield FoundEntity("rating", 5, match.start(), match.end())


def _choices(text: str) -> Iterator[FoundEntity]:
    for pattern in (_ORDINAL, _PICKED, _ALONE):
        seen = False
        for match in pattern.finditer(text) if pattern is _ORDINAL else _whole(pattern, text):
            value = _value(match["n"])
            if value:
                seen = True
                start = match.start() if pattern is _ORDINAL else match.start("n")
                yield FoundEntity("choice", value, start, match.end() if pattern is _ORDINAL else match.end("n"))
        if seen:
            return
    for match in _LAST.finditer(text):
        yield FoundEntity("choice", -1, match.start(), match.end())


def _whole(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    match = pattern.match(text) if pattern is _ALONE else pattern.search(text) if len(text) <= 8 else None
    if match:
        yield match


def _value(words: str) -> int | None:
    if words in "abcd":
        return "abcd".index(words) + 1
    return read_number(words) or None
