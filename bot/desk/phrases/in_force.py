"""Revisions as phrases: which version is in force, and what lies over the baseline of the files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.desk.models import PhraseRevision
from phrasebook.book.book import ApprovedPhrases, Phrase
from phrasebook.book.choose import ensure_sendable
from phrasebook.book.lint import Finding, errors_among, lint_book
from phrasebook.book.load import phrase_from_table, phrase_to_table
from phrasebook.china_time import SHANGHAI
from phrasebook.errors import NotApprovedError
from phrasebook.filter.check import Checker


@dataclass(frozen=True)
class ReviewContext:
    """Hold what a new version is measured by: the files' book, the book in force over it, the filter."""

    baseline: ApprovedPhrases
    book: ApprovedPhrases
    checker: Checker

    def least_version(self, phrase_id: str) -> int:
        """Return the highest version that the files or the book in force hold, 0 for a new phrase."""
        return max((book.get(phrase_id).version for book in (self.baseline, self.book) if phrase_id in book), default=0)


@dataclass(frozen=True)
class Revision:
    """One version of a phrase from the database, ready to be said when its time has come."""

    phrase: Phrase
    effective_at: datetime | None

    def in_force(self, now: datetime) -> bool:
        """Tell whether it is approved and its time has come and not passed."""
        return self.effective_at is not None and self.effective_at <= now and sendable(self.phrase, now)


def sendable(phrase: Phrase, now: datetime) -> bool:
    """Tell whether state and dates allow a phrase to be sent."""
    try:
        ensure_sendable(phrase, now)
    except NotApprovedError:
        return False
    return True


def overlay(baseline: ApprovedPhrases, revisions: Iterable[Revision], now: datetime) -> tuple[Phrase, ...]:
    """Return what lies over the baseline now.

    Of the versions in force the highest counts; a revision stands in the place of a file's version of the same
    number. A version that has expired or was retired gives way to the one before it. Where no version may be said, the
    newest lies over, so that the refusal can say why.
    """
    by_id: dict[str, list[Revision]] = {}
    for revision in revisions:
        by_id.setdefault(revision.phrase.id, []).append(revision)
    return tuple(phrase for found in by_id.values() if (phrase := _top(baseline, found, now)) is not None)


def _top(baseline: ApprovedPhrases, found: Sequence[Revision], now: datetime) -> Phrase | None:
    phrase_id = found[0].phrase.id
    ours = {revision.phrase.version for revision in found}
    base = baseline.get(phrase_id) if phrase_id in baseline else None
    if base is not None and base.version in ours:
        base = None
    alive = [revision.phrase for revision in found if revision.in_force(now)]
    best = max(alive, key=lambda phrase: phrase.version, default=None)
    if base is not None and sendable(base, now) and (best is None or base.version > best.version):
        return None
    if best is None and base is None:
        # What was in force once says more than a draft that never was.
        once = [revision for revision in found if revision.effective_at is not None]
        return max((revision.phrase for revision in once or found), key=lambda phrase: phrase.version)
    return best


def in_force(baseline: ApprovedPhrases, revisions: Iterable[Revision], now: datetime) -> ApprovedPhrases:
    """Return the book with the revisions in force over the baseline."""
    over = overlay(baseline, revisions, now)
    return baseline.with_revisions(over) if over else baseline


def for_files(baseline: ApprovedPhrases, revisions: Iterable[Revision], now: datetime) -> ApprovedPhrases:
    """Return the book as the files should hold it: what is in force or was retired, no drafts, nothing to come."""
    over = [
        phrase
        for phrase in overlay(baseline, revisions, now)
        if sendable(phrase, now) or (phrase.state == "retired" and phrase.id in baseline)
    ]
    return baseline.with_revisions(over) if over else baseline


def content_of(phrase: Phrase) -> dict[str, Any]:
    """Return what the YAML would hold, without version and state, ready for a JSON column."""
    table = phrase_to_table(phrase)
    del table["version"], table["state"]
    if phrase.valid_from or phrase.valid_until:
        dates = {"from": phrase.valid_from, "until": phrase.valid_until}
        table["valid"] = {name: day.isoformat() if day else None for name, day in dates.items()}
    return table


def to_revision(row: PhraseRevision) -> Revision:
    """Read a row as a phrase.

    Raises:
        InvalidFilesError: the row does not hold a phrase; says which.
    """
    table = row.content | {"version": row.version, "state": row.state}
    phrase = phrase_from_table(table, row.scene, row.owner, f"database: {row.phrase} version {row.version}")
    if row.state == "scheduled" and row.effective_at is not None:
        day = row.effective_at.astimezone(SHANGHAI).date()
        phrase = replace(phrase, valid_from=max(day, phrase.valid_from or day))
    return Revision(phrase, row.effective_at)


def replaced_version(row: PhraseRevision) -> Phrase | None:
    """Return the version that a revision was written over."""
    if row.before is None or row.before_version is None:
        return None
    table = row.before | {"version": row.before_version, "state": "approved"}
    return phrase_from_table(table, row.scene, row.owner, f"database: {row.phrase} version {row.before_version}")


def approval_faults(phrase: Phrase, context: ReviewContext, now: datetime) -> list[Finding]:
    """List what keeps a phrase from being approved: forbidden words, sizes, samples, variables nobody gives."""
    book = context.book.with_revisions([replace(phrase, state="approved")])
    found = errors_among(f for f in lint_book(book, context.checker, now) if f.subject == phrase.id)
    return [*found, *_not_given(phrase, context)]


def _not_given(phrase: Phrase, context: ReviewContext) -> list[Finding]:
    """Find variables that the journeys do not give: they know the phrase as the files have it."""
    books = [book for book in (context.baseline, context.book) if phrase.id in book]
    if not books:
        return []
    known = dict.fromkeys(name for book in books for name in book.get(phrase.id).variables)
    cause = f"nobody gives this variable; available: {', '.join(known) or 'none'}"
    return [
        Finding("error", phrase.file, phrase.line, phrase.id, f"variable {name}: {cause}")
        for name in phrase.variables
        if name not in known
    ]
