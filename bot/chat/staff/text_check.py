"""Check what a clerk is about to send: refused with the reason and the words to say instead, or let go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from phrasebook.book import required
from phrasebook.book.book import ApprovedPhrases
from phrasebook.book.embedded import Embedder
from phrasebook.errors import PhrasebookError
from phrasebook.filter.check import Checker, Hit
from phrasebook.filter.personal_data import PersonalData

NO_DATA = PersonalData()


@dataclass(frozen=True)
class Objection:
    """One thing that is wrong with a clerk's sentence: where, why, and what to say instead.

    `suggestion` is the phrase's id, `words` what it says now; empty when it may not be said at present.
    """

    found: str
    start: int
    end: int
    kind: str
    level: str
    reason: str
    suggestion: str
    words: str


@dataclass(frozen=True)
class StaffCheck:
    """The result of a check; `lacks` names what must be said in the scene and was not yet, this sentence included."""

    objections: tuple[Objection, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Tell whether the sentence must not leave; anything less grave is asked about."""
        return any(objection.level == "block" for objection in self.objections)


def check_staff_text(
    book: ApprovedPhrases,
    checker: Checker,
    text: str,
    *,
    now: datetime,
    own: PersonalData = NO_DATA,
    previous: str = "",
    scene: str | None = None,
    said: Sequence[str] = (),
) -> StaffCheck:
    """Check a clerk's sentence, alone and joined with the bubble before it.

    Args:
        own: what is no secret in this conversation.
        previous: the bubble that stands last in the conversation.
        scene: complaint, refusal or goodbye: what must be said there is told when it is missing.
        said: what was said in the scene before.
    """
    verdict = checker.check(text, direction="clerk", own=own, previous=previous, thorough=True)
    objections = tuple(_objection(hit, book, now) for hit in verdict.hits)
    missing = required.missing_in_scene(scene, [*said, text]) if scene else ()
    return StaffCheck(objections, tuple(element.title for element in missing))


def _objection(hit: Hit, book: ApprovedPhrases, now: datetime) -> Objection:
    words = words_of(book, hit.replacement, now)
    return Objection(hit.found, hit.start, hit.end, hit.kind, hit.level, hit.reason, hit.replacement, words)


def words_of(book: ApprovedPhrases, phrase_id: str, now: datetime, **variables: object) -> str:
    """Return what a phrase says, empty when it may not be said now."""
    try:
        return Embedder(book, now).words_of(phrase_id, variables)
    except PhrasebookError:
        return ""
