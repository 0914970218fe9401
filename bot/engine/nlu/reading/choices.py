"""Which of the options on offer a message chooses: by title, by place in the list, by time, by a part of the title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from bot.engine.nlu.folding import fold_text
from bot.reading import Choice
from phrasebook.numerals import read_number

_NUMBER = r"[1-9一二两三四五六七八九十]"
_FROM_BEHIND = re.compile(rf"倒数第(?P<n>{_NUMBER})")
_ORDINAL = re.compile(
    rf"第(?P<n>{_NUMBER})(?!次|天|周|层|栋|幢)"
    rf"|^\D{{0,3}}(?<![周期拜初月])(?P<bare>{_NUMBER})(?:号|个|吧|啊|呗|啦|那个|这个|可以|得|嘛|行|[,. ]|$)"
    rf"|(?:选|按|点|要|揀|拣|改成?)\s*(?P<picked>{_NUMBER})(?!\d|点|:|号楼|月)"
)
_FIRST = re.compile(r"头一|最早|前者|前面那|前一|第一|上面那|最上面|头个|头嗰")
_LAST = re.compile(r"最后|最晚|后者|后面那|后头那|后一|下面那|最下面|尾嗰")
_EDGE = re.compile(r"^[^\w]*(?:那?就|我?要|我?选|还是|嗯+|好的?)*|[吧啊呀呢哦嘛呗咯了的啦哈]*[^\w]*$")
_NEARLY = 0.8
_SURE, _LIKELY, _GUESSED = 0.95, 0.85, 0.7


@dataclass(frozen=True)
class Option:
    """One of the options on offer, as the turn wrote it on the message.

    Args:
        title: what its button says, folded and without blanks.
        start: begin of the time it stands for, None where it stands for none.
        end: end of that time.
    """

    title: str
    start: datetime | None = None
    end: datetime | None = None


def options_of(offered: Iterable[dict[str, Any]]) -> list[Option]:
    """Return the options that the turn wrote on the message (`bot/engine/dialogue/asked.py`)."""
    return [
        Option(_bare(fold_text(str(one["title"])).text), _moment(one.get("start")), _moment(one.get("end")))
        for one in offered
    ]


def choose(text: str, times: Iterable[dict[str, Any]], options: Sequence[Option]) -> Choice | None:
    """Return the option that a message chooses, or None when it chooses none or several.

    Args:
        text: the folded message, without what it denies.
        times: values of the times it names.
        options: what is on offer, in order.
    """
    if not options:
        return None
    for find in (_titled, _timed, _counted, _described):
        found = {index for index in find(text, list(times), options) if -len(options) <= index < len(options)}
        if len(found) == 1:
            return Choice(found.pop() % len(options), _CONFIDENCE[find.__name__])
        if found:
            return None
    return None


_CONFIDENCE = {"_titled": _SURE, "_timed": _LIKELY, "_counted": _SURE, "_described": _GUESSED}


def _titled(text: str, _times: list[dict[str, Any]], options: Sequence[Option]) -> list[int]:
    """Find the title typed, or nearly so."""
    bare = _bare(_EDGE.sub("", text))
    same = [i for i, option in enumerate(options) if option.title == bare]
    if same or len(bare) < 3:
        return same
    nearness = [SequenceMatcher(None, bare, option.title).ratio() for option in options]
    best = max(nearness)
    return [i for i, near in enumerate(nearness) if near == best] if best >= _NEARLY else []


def _counted(text: str, _times: list[dict[str, Any]], options: Sequence[Option]) -> list[int]:
    """Find the place in the list that is named: 2, 第三个, 倒数第二个, 最后那个."""
    behind = _FROM_BEHIND.search(text)
    if behind:
        return [-(read_number(behind["n"]) or 0)]
    numbers = [read_number(m["n"] or m["bare"] or m["picked"]) or 0 for m in _ORDINAL.finditer(text)]
    if numbers:
        return [number - 1 for number in numbers if number <= len(options)]
    return [0] * bool(_FIRST.search(text)) + [-1] * bool(_LAST.search(text))


def _timed(_text: str, times: list[dict[str, Any]], options: Sequence[Option]) -> list[int]:
    """Find the options within a time that is named."""
    return [i for i, option in enumerate(options) if any(_meets(option, time) for time in times)]


def _meets(option: Option, time: dict[str, Any]) -> bool:
    readings = [time, *time.get("alternatives", [])]
    if option.start is None or option.end is None:
        return False
    return any(
        datetime.fromisoformat(one["start"]) < option.end and option.start < datetime.fromisoformat(one["end"])
        for one in readings
    )


def _described(text: str, _times: list[dict[str, Any]], options: Sequence[Option]) -> list[int]:
    """Find the option of whose title the message says most; a whole title outweighs one that it contains."""
    bare = _bare(text)
    said = [_longest_part(bare, option.title) for option in options]
    best = max(said)
    return [i for i, part in enumerate(said) if part == best] if best[0] >= 2 else []


def _longest_part(bare: str, title: str) -> tuple[int, bool]:
    match = SequenceMatcher(None, bare, title, autojunk=False).find_longest_match(0, len(bare), 0, len(title))
    return match.size, match.size == len(title)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _moment(stamp: Any) -> datetime | None:
    return datetime.fromisoformat(str(stamp)) if stamp else None
