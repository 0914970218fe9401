"""Guard what somebody typed before it is put into a phrase."""

from __future__ import annotations

from collections.abc import Callable

from phrasebook.book.book import Variable
from phrasebook.filter.check import Checker
from phrasebook.filter.personal_data import PersonalData


def value_guard(checker: Checker, own: PersonalData | None = None) -> Callable[[str, Variable], str]:
    """Return a guard for `render`: forbidden words in a typed value are masked, others' data refused."""

    def guard(text: str, variable: Variable) -> str:
        verdict = checker.check(text, direction="clerk", own=own, thorough=True)
        for hit in verdict.hits:
            if hit.level != "block":
                continue
            if hit.how == "personal":
                raise ValueError(f"holds personal data ({hit.family}) that is not the customer's own")
            text = text[: hit.start] + "＊" * (hit.end - hit.start) + text[hit.end :]
        return text

    return guard
