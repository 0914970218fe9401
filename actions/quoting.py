"""Quote the customer: short, in one line, and without what may not be said back."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.settings import settings
from phrasebook.check import Checker, load_checker

LONGEST = 60


@lru_cache(maxsize=1)
def _checker() -> Checker:
    return load_checker(settings().phrasebook / "forbidden")


def quote(text: str) -> str:
    """Return the customer's words as they may be repeated: abuse and other forbidden words are masked.

    Args:
        text: the customer's words; at most 60 characters of them are quoted.
    """
    line = re.sub(r"[\s<>{}\[\]|`]+", " ", text).strip()
    short = line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
    masked = list(short)
    for hit in _checker().check(short, direction="bot").hits:
        if hit.kind == "personal_data":
            # Said back it makes a restatement worth something; whose it is the wire checks.
            continue
        for place in range(hit.start, hit.end):
            masked[place] = "＊"
    return "".join(masked)
