"""The errors of the phrasebook: each says what happened, where, and what is available."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class PhrasebookError(Exception):
    """The base of every error of the phrasebook."""


@dataclass(frozen=True)
class Problem:
    """A fault of a YAML file: file, line (0 when unknown), key and cause."""

    file: str
    line: int
    key: str
    cause: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.cause}" if self.key else f"{where}: {self.cause}"


class InvalidFilesError(PhrasebookError):
    """Raised when files cannot be taken into use; `problems` holds every fault found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownPhraseError(PhrasebookError):
    """Raised when no phrase has this id; names those that are near."""

    def __init__(self, phrase_id: str, near: Sequence[str], total: int) -> None:
        self.phrase_id = phrase_id
        self.near = tuple(near)
        hint = f"near: {', '.join(near)}" if near else f"none of {total} phrases has a similar id"
        super().__init__(f"unknown phrase {phrase_id!r}; {hint}")


class NotApprovedError(PhrasebookError):
    """Raised when a phrase may not be sent now: its state or its dates forbid it."""

    def __init__(self, phrase_id: str, why: str) -> None:
        self.phrase_id = phrase_id
        self.why = why
        super().__init__(f"phrase {phrase_id} cannot be sent: {why}")


class NotFittingError(PhrasebookError):
    """Raised when an approved phrase does not fit this channel or this customer."""

    def __init__(self, phrase_id: str, why: str) -> None:
        self.phrase_id = phrase_id
        self.why = why
        super().__init__(f"phrase {phrase_id} does not fit: {why}")


class BadVariableError(PhrasebookError):
    """Raised when a variable is missing or cannot be said as its type demands.

    The value itself stays out of the message: it may be personal data and the message is logged.
    """

    def __init__(self, phrase_id: str, name: str, cause: str) -> None:
        self.phrase_id = phrase_id
        self.name = name
        self.cause = cause
        super().__init__(f"phrase {phrase_id}, variable {name}: {cause}")
