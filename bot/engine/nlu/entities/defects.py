"""Words of a fault: 不制冷, 屏幕碎了, 充不进电."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import cast

from ruamel.yaml import YAML

from bot.engine.nlu.entities.found_entity import FoundEntity
from bot.engine.nlu.segment import WORDS

_ERROR_CODE = re.compile(
    r"(?:显示|报|出现|提示|跳)(?:了|个)?(?:故障(?:代码|码)?|错误(?:代码|码)?|代码)?\s?(?P<code>[efph]\d{1,3})(?!\d)"
)


@lru_cache(maxsize=1)
def _pattern(path: Path = WORDS / "defects.yml") -> re.Pattern[str]:
    data = cast("dict[str, str]", YAML(typ="safe").load(path.read_text(encoding="utf8")))
    group = {
        name: "|".join(sorted(map(re.escape, words.split()), key=len, reverse=True)) for name, words in data.items()
    }
    part, adverbs, tail = f"(?:{group['parts']})", f"(?:{group['adverbs']}){{0,2}}", f"(?:{group['tails']})?"
    return re.compile(f"{part}{adverbs}(?:{group['bare']}|{group['states']}){tail}|(?:{group['bare']}){tail}")


def find_defects(folded: str) -> list[FoundEntity]:
    """Return the faults named in ``folded``; the value is the words. What is wished for (要声音大的) is no fault."""
    found = [
        FoundEntity("defect", match[0], match.start(), match.end())
        for match in _pattern().finditer(folded)
        if not folded.endswith("要", 0, match.start())
    ]
    found += [
        FoundEntity("defect", match["code"].upper(), match.start(), match.end())
        for match in _ERROR_CODE.finditer(folded)
    ]
    return found
