"""The errors of the phrasebook: each says what happened, where, and what is available."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class PhrasebookError(Exception):
    """Be the root of every error of this package."""


@dataclass(frozen=True)
class Problem:
    """Name one fault of a YAML file: file, line (0 when unknown), key and cause."""

    file: str
    line: int
    key: str
    cause: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.cause}" if self.key else f"{where}: {self.cause}"


class BadBook(PhrasebookError):  # noqa: N818 (its name says what is wrong)
    """Say that files cannot be taken into use; `problems` holds every fault found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownPhrase(PhrasebookError):  # noqa: N818 (its name says what is wrong)
    """Say that no phrase has this id, and which names are near."""

    def __init__(self, phrase_id: str, near: Sequence[str], total: int) -> None:
        self.phrase_id = phrase_id
        self.near = tuple(near)
        hint = f"near: {', '.join(near)}" if near else f"none of {total} phrases has a similar id"
        super().__init__(f"unknown phrase {phrase_id!r}; {hint}")


class NotApproved(PhrasebookError):  # noqa: N818 (its name says what is wrong)
    """Say that a phrase may not be sent now: its state or its dates forbid it."""

    def __init__(self, phrase_id: str, why: str) -> None:
        self.phrase_id = phrase_id
        self.why = why
        super().__init__(f"phrase {phrase_id} cannot be sent: {why}")


class NotFitting(PhrasebookError):  # noqa: N818 (its name says what is wrong)
    """Say that an approved phrase does not fit this channel or this customer."""

    def __init__(self, phrase_id: str, why: str) -> None:
        self.phrase_id = phrase_id
        self.why = why
        super().__init__(f"phrase {phrase_id} does not fit: {why}")


class BadVariable(PhrasebookError):  # noqa: N818 (its name says what is wrong)
    """Say that a variable is missing or cannot be said as its type demands.

    The value itself stays out of the message: it may be personal data and the message is logged.
    """

    def __init__(self, phrase_id: str, name: str, cause: str) -> None:
        self.phrase_id = phrase_id
        self.name = name
        self.cause = cause
        super().__init__(f"phrase {phrase_id}, variable {name}: {cause}")
