"""Turn a table of sentences into drafts: all of them, or none when any row is at fault."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.desk.models import PhraseRevision
from bot.desk.phrases import lifecycle
from bot.desk.phrases.in_force import Press, content_of, faults
from bot.desk.phrases.sheets import Wish, read_sheet
from bot.desk.phrases.states import PhraseError, person
from bot.desk.sessions import WriteSession
from phrasebook.errors import BadBook, Problem


@dataclass(frozen=True)
class Plan:
    """What an import would do.

    `wishes` become drafts, `unchanged` say what is in force already, `problems` stop everything.
    """

    file: str
    wishes: tuple[Wish, ...]
    unchanged: tuple[str, ...]
    problems: tuple[Problem, ...]


def plan(press: Press, path: Path, *, by: str, now: datetime) -> Plan:
    """Read a table and say what it would do; nothing is written.

    Raises:
        SheetError: the file is no table of phrases.
        PhraseError: the name is missing.
    """
    author = person(by)
    sheet = read_sheet(path)
    problems = list(sheet.problems)
    wishes, unchanged = [], []
    for wish in sheet.wishes:
        found, changes = _look(press, wish, author, str(path), now)
        problems += (problem if problem.line else replace(problem, line=wish.line) for problem in found)
        (wishes.append(wish) if changes else unchanged.append(wish.phrase))
    return Plan(str(path), tuple(wishes), tuple(unchanged), tuple(sorted(problems, key=lambda found: found.line)))


async def carry_out(
    session: WriteSession, press: Press, made: Plan, *, by: str, reason: str, now: datetime
) -> list[PhraseRevision]:
    """Write the drafts of a plan, in the caller's transaction.

    Raises:
        PhraseError: the plan has problems, or a draft was refused.
    """
    if made.problems:
        raise PhraseError("\n".join(str(problem) for problem in made.problems))
    return [
        await lifecycle.draft(
            session, press, wish.phrase, wish.changes, by=by, reason=reason, now=now, source=made.file
        )
        for wish in made.wishes
    ]


def _look(press: Press, wish: Wish, author: str, file: str, now: datetime) -> tuple[list[Problem], bool]:
    """Return what is wrong with a wish, and whether it changes anything."""
    try:
        phrase = lifecycle.proposed(press.book, wish.phrase, wish.changes, author=author, source=file)
    except BadBook as error:
        return list(error.problems), True
    found = [Problem(file, fault.line, wish.phrase, fault.cause) for fault in faults(phrase, press, now)]
    known = press.book.get(wish.phrase) if wish.phrase in press.book else None
    return found, known is None or content_of(phrase) != content_of(known)
