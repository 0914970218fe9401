"""Read revisions and their history back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from bot.desk.models import PhraseEvent, PhraseRevision
from bot.desk.phrases.in_force import Revision, for_files, in_force, replaced_version, to_revision
from bot.desk.phrases.states import PhraseError
from bot.desk.sessions import ReadSession, WriteSession
from phrasebook.book.book import ApprovedPhrases, Phrase


async def find_locked(session: WriteSession, phrase_id: str, version: int) -> PhraseRevision | None:
    """Return a revision, its row locked until the transaction ends."""
    query = select(PhraseRevision).where(PhraseRevision.phrase == phrase_id, PhraseRevision.version == version)
    return await session.scalar(query.with_for_update())


async def newest_locked(session: WriteSession, phrase_id: str, states: Sequence[str]) -> PhraseRevision:
    """Return the newest revision of a phrase in one of some states, its row locked.

    Raises:
        PhraseError: there is none; lists the versions there are.
    """
    rows = await versions(session, phrase_id)
    for row in reversed(rows):
        if row.state in states:
            return await find_locked(session, phrase_id, row.version) or row
    there = ", ".join(f"{row.version} {row.state}" for row in rows) or "none in the database"
    raise PhraseError(f"{phrase_id} has no version that is {' or '.join(states)}; versions: {there}")


async def versions(session: ReadSession, phrase_id: str) -> list[PhraseRevision]:
    """Return the revisions of a phrase, oldest first."""
    query = select(PhraseRevision).where(PhraseRevision.phrase == phrase_id).order_by(PhraseRevision.version)
    return list(await session.scalars(query))


async def history(session: ReadSession, phrase_id: str) -> list[PhraseEvent]:
    """Return every step in the life of a phrase, oldest first."""
    query = select(PhraseEvent).where(PhraseEvent.phrase == phrase_id).order_by(PhraseEvent.id)
    return list(await session.scalars(query))


async def revisions(session: ReadSession) -> list[Revision]:
    """Return all revisions as phrases.

    Raises:
        InvalidFilesError: a row does not hold a phrase.
    """
    query = select(PhraseRevision).order_by(PhraseRevision.phrase, PhraseRevision.version)
    return [to_revision(row) for row in await session.scalars(query)]


async def change_mark(session: ReadSession) -> tuple[int, int]:
    """Return what changes with every step of any phrase: cheap to ask for every second.

    The count stands beside the newest id because two transactions may commit in the other order of their ids.
    """
    row = (await session.execute(select(func.count(PhraseEvent.id), func.max(PhraseEvent.id)))).one()
    return row[0], row[1] or 0


async def every_version(session: ReadSession, baseline: ApprovedPhrases, phrase_id: str) -> dict[int, Phrase]:
    """Return all versions of a phrase that are known: of the files, of the database, and those written over."""
    rows = await versions(session, phrase_id)
    found = {phrase.version: phrase for row in rows if (phrase := replaced_version(row)) is not None}
    if phrase_id in baseline:
        found[baseline.get(phrase_id).version] = baseline.get(phrase_id)
    return dict(sorted((found | {row.version: to_revision(row).phrase for row in rows}).items()))


async def book_for_files(session: ReadSession, baseline: ApprovedPhrases, now: datetime) -> ApprovedPhrases:
    """Return the book as the files should hold it: without drafts and without what is only to come."""
    return for_files(baseline, await revisions(session), now)


async def book_in_force(session: ReadSession, baseline: ApprovedPhrases, now: datetime) -> ApprovedPhrases:
    """Return the book as it is in force now."""
    return in_force(baseline, await revisions(session), now)
