"""Words of one approved phrase inside another: what a button names, restated; the lines of a list.

A variable may be `{"phrase": id}`, or `{"phrase": id, "variables": {…}}` where that phrase has blanks of its own; a
list of these is said as a list. So whatever a customer reads stands in the book, also where it is put together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

from phrasebook.book.book import ApprovedPhrases
from phrasebook.book.choose import choose, select
from phrasebook.book.render import Guard, render
from phrasebook.book.values import ApprovedWords

_KEYS = frozenset({"phrase", "variables"})


@dataclass(frozen=True)
class Embedder:
    """Puts approved words in the place of the phrase ids that stand for them.

    Args:
        book: the phrases in force.
        now: the moment of the message.
        channel: where it is said; None where that does not matter.
        guard: looks at values that a person typed.
    """

    book: ApprovedPhrases
    now: datetime
    channel: str | None = None
    guard: Guard | None = None

    def words_of(self, phrase_id: str, variables: Mapping[str, object] | None = None) -> str:
        """Say a phrase in its first wording: inside a sentence nothing varies, as on a button.

        Raises:
            PhrasebookError: the phrase is unknown, may not be said now, or lacks a variable.
        """
        phrase = select(self.book, phrase_id, channel=self.channel, now=self.now).phrase
        variant = choose(phrase, (), channel=self.channel, now=self.now).variant_index
        values = self.values(variables or {})
        return render(phrase, values, variant=variant, now=self.now, channel=self.channel, guard=self.guard)

    def values(self, variables: Mapping[str, object]) -> dict[str, object]:
        """Return variables with the words of phrases put in.

        Raises:
            PhrasebookError: a phrase among them cannot be said.
        """
        return {name: self._value(value) for name, value in variables.items()}

    def versions(self, variables: Mapping[str, object]) -> dict[str, int]:
        """Return which version of each phrase stands among some variables, for the record of what was said."""
        return {phrase: self.book.get(phrase).version for phrase in _ids(list(variables.values()))}

    def _value(self, value: object) -> object:
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if _is_phrase(value):
            return ApprovedWords(self.words_of(str(value["phrase"]), value.get("variables")))
        return value


def _is_phrase(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping) and "phrase" in value and value.keys() <= _KEYS


def _ids(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (phrase for item in value for phrase in _ids(item))
    elif _is_phrase(value):
        yield str(value["phrase"])
        yield from _ids(list((value.get("variables") or {}).values()))
