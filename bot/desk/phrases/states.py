"""Which state of a phrase may follow which, and who may bring it there."""

from __future__ import annotations

import unicodedata

ALLOWED: dict[str, tuple[str, ...]] = {
    "draft": ("reviewed", "retired"),
    "reviewed": ("approved", "retired"),
    "approved": ("scheduled", "retired"),
    "scheduled": ("scheduled", "retired"),
    "retired": (),
}
SECOND_PERSON = frozenset({"reviewed", "approved", "scheduled"})
"""Steps that the author may not take: somebody else reads the words before a customer does."""
LONGEST_NAME = 60


class PhraseError(ValueError):
    """Raised when a phrase cannot do what was asked; the message says why and what is possible."""


def ensure_transition(phrase: str, version: int, state: str, to: str) -> None:
    """Raise unless `to` may follow `state`.

    Raises:
        PhraseError: it may not; lists what may.
    """
    if to not in ALLOWED[state]:
        possible = ", ".join(ALLOWED[state]) or "nothing, it is final: draft a new version"
        raise PhraseError(f"{phrase} version {version}: {state} cannot become {to}; allowed: {possible}")


def ensure_second_person(phrase: str, version: int, to: str, *, by: str, author: str) -> None:
    """Raise when the author would review or approve the own words.

    Raises:
        PhraseError: the author is no second person.
    """
    if to in SECOND_PERSON and same_person(by, author):
        raise PhraseError(
            f"{phrase} version {version} was written by {author}: it must be {to} by a second person, not by {by}"
        )


def recorded_name(name: str) -> str:
    """Return a name as it is recorded.

    Raises:
        PhraseError: it is empty or too long.
    """
    tidy = " ".join(unicodedata.normalize("NFKC", name).split())
    if not tidy or len(tidy) > LONGEST_NAME or not tidy.isprintable():
        raise PhraseError(f"{name!r} is no name: give --by NAME, 1 to {LONGEST_NAME} characters")
    return tidy


def same_person(one: str, other: str) -> bool:
    """Tell whether two names, however written, mean the same person."""
    return _key(one) == _key(other)


def _key(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
