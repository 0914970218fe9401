"""Quote the customer: short, in one line, and without what may not be said back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog

from actions.framework.say import embed
from actions.reading.answers import NOT_SAID
from bot.settings import settings
from phrasebook.filter.check import Checker
from phrasebook.live import LivePhrasebook

log = structlog.get_logger(__name__)

LONGEST = 60
SECONDS = 2.0
"""Between two looks at the files of the filter."""


class Filter:
    """Hold the filter in force, and take new lists into use once they have proved themselves.

    Args:
        folder: holds `approved/` and `forbidden/`.
        clock: seconds that only go forward; a seam for tests.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Load the lists."""
        self._library = LivePhrasebook([folder / "approved"], folder / "forbidden")
        self._clock = clock
        self._looked = clock()

    @property
    def checker(self) -> Checker:
        """Return the filter in force; looks for new lists first when the last look is long past."""
        if self._clock() - self._looked >= SECONDS:
            self._looked = self._clock()
            result = self._library.refresh()
            if result.problems:
                log.error("words.rejected", problems=[str(problem) for problem in result.problems])
            if result.changed:
                log.info("words.reloaded", phrases=len(self._library.book), book=self._library.book.digest)
        return self._library.checker


@lru_cache(maxsize=1)
def filter_in_force() -> Filter:
    """Return the process's filter, built at the first call."""
    return Filter(settings().phrasebook)


def restated(value: object) -> str | dict[str, Any]:
    """Return a fact as it is restated: the customer's words quoted, or the approved words for one that was not said."""
    return embed("journey.not_said") if value == NOT_SAID else quote(str(value))


def quote(text: str, *, longest: int = LONGEST) -> str:
    """Return the customer's words as they may be repeated: abuse and other forbidden words are masked.

    Args:
        text: the customer's words.
        longest: characters of them that are quoted.
    """
    line = re.sub(r"[\s<>{}\[\]|`]+", " ", text).strip()
    short = line if len(line) <= longest else line[: longest - 1] + "…"
    masked = list(short)
    for hit in filter_in_force().checker.check(short, direction="bot").hits:
        if hit.kind == "personal_data":
            # Said back it makes a restatement worth something; whose it is the wire checks.
            continue
        for place in range(hit.start, hit.end):
            masked[place] = "＊"
    return "".join(masked)
