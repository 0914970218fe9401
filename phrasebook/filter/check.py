"""Check a text before it leaves, or a customer's message as it comes in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from phrasebook.filter.forbidden_lists import load_lists
from phrasebook.filter.personal_data import PersonalData
from phrasebook.filter.rules import Rules, compile_lists
from phrasebook.filter.scan import NOBODY, Scanner
from phrasebook.filter.verdict import PASS, Hit, Verdict, shifted, verdict_of

__all__ = [
    "PASS",
    "SHIPPED",
    "Checker",
    "Hit",
    "Verdict",
    "load_checker",
    "shipped_checker",
]
SHIPPED = Path(__file__).parents[1] / "forbidden"
# A phrase cut in two by the edge of a bubble is looked for this far on either side.
_EDGE = 24


class Checker:
    """Checks texts against compiled rules; holds no state of a conversation."""

    def __init__(self, rules: Rules, public: PersonalData = NOBODY) -> None:
        self.rules = rules
        self.public = public
        self._look = Scanner(rules, public).scan

    def check(
        self,
        text: str,
        *,
        direction: str,
        own: PersonalData | None = None,
        previous: str = "",
        buttons: Sequence[str] = (),
        thorough: bool = False,
    ) -> Verdict:
        """Judge a text; never raises, whatever the text.

        Args:
            direction: bot, clerk or customer.
            own: the customer's own data, which may be said in the customer's own conversation.
            previous: the bubble before this one, joined on to find what was cut in two.
            buttons: titles below the text, checked alone and joined.
            thorough: listen for homophones in any text, not only in a suspicious one.
        """
        hits = self._look(text, direction, own, thorough)
        if not (hits or previous or buttons):
            return PASS
        if previous:
            hits += self._joined(previous, text, direction, -len(previous))
        position = len(text)
        for title in buttons:
            hits += [shifted(hit, position, hit.how) for hit in self._look(title, direction, own, thorough)]
            hits += self._joined(text, title, direction, position - len(text))
            position += len(title)
        return verdict_of(hits) if hits else PASS

    def _joined(self, before: str, after: str, direction: str, shift: int) -> list[Hit]:
        """Find what only stands across the edge; `shift` is the index at which `before` begins."""
        head, tail = before[-_EDGE:], after[:_EDGE]
        if not head or not tail:
            return []
        text = head + tail
        edge = len(head)
        shift += len(before) - edge
        hits = [h for h in self._look(text, direction, None) if h.start < edge < h.end]
        return [shifted(h, shift, "joined") for h in hits if h.how != "homophone" and h.end - h.start > 2]


def load_checker(folder: Path | str = SHIPPED, public: PersonalData = NOBODY) -> Checker:
    """Load, compile and prove the lists of a folder.

    Raises:
        InvalidFilesError: a file is wrong or an entry fails its self-test; nothing is taken into use.
    """
    return Checker(compile_lists(load_lists(folder)), public)


@lru_cache(maxsize=1)
def shipped_checker() -> Checker:
    """Load the lists that are shipped with the phrasebook, once."""
    return load_checker()
