"""Turn a table of sentences into drafts: all of them, or none when any row is at fault."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.desk.models import PhraseRevision
from bot.desk.phrases import lifecycle
from bot.desk.phrases.in_force import ReviewContext, approval_faults, content_of
from bot.desk.phrases.sheets import SheetPhrase, read_sheet
from bot.desk.phrases.states import PhraseError, recorded_name
from bot.desk.sessions import WriteSession
from phrasebook.errors import InvalidFilesError, Problem


@dataclass(frozen=True)
class TableImport:
    """What an import would do.

    `phrases` become drafts, `unchanged` say what is in force already, `problems` stop everything.
    """

    file: str
    phrases: tuple[SheetPhrase, ...]
    unchanged: tuple[str, ...]
    problems: tuple[Problem, ...]


def plan_import(context: ReviewContext, path: Path, *, by: str, now: datetime) -> TableImport:
    """Read a table and say what it would do; nothing is written.

    Raises:
        SheetError: the file is no table of phrases.
        PhraseError: the name is missing.
    """
    author = recorded_name(by)
    sheet = read_sheet(path)
    problems = list(sheet.problems)
    phrases, unchanged = [], []
    for phrase in sheet.phrases:
        found, changes = _check(context, phrase, author, str(path), now)
        problems += (problem if problem.line else replace(problem, line=phrase.line) for problem in found)
        (phrases.append(phrase) if changes else unchanged.append(phrase.id))
    return TableImport(
        str(path), tuple(phrases), tuple(unchanged), tuple(sorted(problems, key=lambda found: found.line))
    )


async def write_drafts(
    session: WriteSession, context: ReviewContext, table: TableImport, *, by: str, reason: str, now: datetime
) -> list[PhraseRevision]:
    """Write the drafts of a table, in the caller's transaction.

    Raises:
        PhraseError: the table has problems, or a draft was refused.
    """
    if table.problems:
        raise PhraseError("\n".join(str(problem) for problem in table.problems))
    return [
        await lifecycle.draft(
            session, context, phrase.id, phrase.changes, by=by, reason=reason, now=now, source=table.file
        )
        for phrase in table.phrases
    ]


def _check(
    context: ReviewContext, row: SheetPhrase, author: str, file: str, now: datetime
) -> tuple[list[Problem], bool]:
    """Return what is wrong with a phrase of the table, and whether it changes anything."""
    try:
        phrase = lifecycle.propose(context.book, row.id, row.changes, author=author, source=file)
    except InvalidFilesError as error:
        return list(error.problems), True
    found = [Problem(file, fault.line, row.id, fault.cause) for fault in approval_faults(phrase, context, now)]
    known = context.book.get(row.id) if row.id in context.book else None
    return found, known is None or content_of(phrase) != content_of(known)
