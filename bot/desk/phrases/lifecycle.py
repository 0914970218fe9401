"""The life of a phrase in the running system: drafted, reviewed by a second person, approved, scheduled, retired."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.desk.models import PhraseEvent, PhraseRevision
from bot.desk.phrases.in_force import ReviewContext, approval_faults, content_of, sendable, to_revision
from bot.desk.phrases.records import find_locked
from bot.desk.phrases.states import PhraseError, ensure_second_person, ensure_transition, recorded_name
from bot.desk.sessions import WriteSession
from phrasebook.book.book import ApprovedPhrases, Phrase
from phrasebook.book.load import phrase_from_table
from phrasebook.errors import InvalidFilesError

NEW = {"tone": "neutral"}
"""What a phrase that is not in the book yet begins with."""


async def draft(
    session: WriteSession,
    context: ReviewContext,
    phrase_id: str,
    changes: Mapping[str, Any],
    *,
    by: str,
    reason: str,
    now: datetime,
    source: str = "draft",
) -> PhraseRevision:
    """Write a new version of a phrase; nothing of it is said before it is approved.

    Args:
        changes: keys of the YAML's shape that replace those in force.
        source: stands for the file in messages of faults.

    Raises:
        PhraseError: the words have faults, nothing changes, or name or reason are missing.
    """
    author, why = recorded_name(by), _reason(reason)
    base = context.book.get(phrase_id) if phrase_id in context.book else None
    try:
        phrase = propose(context.book, phrase_id, changes, author=author, source=source)
    except InvalidFilesError as error:
        raise PhraseError(str(error)) from error
    if base is not None and content_of(phrase) == content_of(base):
        raise PhraseError(f"{phrase_id}: nothing changes against version {base.version}, which is in force")
    _ensure_faultless(phrase, context, now)
    row = PhraseRevision(
        phrase=phrase_id,
        scene=phrase.scene,
        owner=phrase.owner,
        content=content_of(phrase),
        before=content_of(base) if base else None,
        before_version=base.version if base else None,
        state="draft",
        author=author,
        reason=why,
        created_at=now,
    )
    await _number(session, row, at_least=context.least_version(phrase_id))
    _line(session, row, who=author, before=None, why=why, now=now)
    await session.flush()
    return row


def propose(book: ApprovedPhrases, phrase_id: str, changes: Mapping[str, Any], *, author: str, source: str) -> Phrase:
    """Return the phrase as it would be with some keys changed.

    Raises:
        InvalidFilesError: the result is no phrase; lists every fault.
        PhraseError: the changes are those of another phrase.
    """
    given = {key: value for key, value in changes.items() if key not in ("version", "state")}
    if given.get("id", phrase_id) != phrase_id:
        raise PhraseError(f"the file holds phrase {given['id']!r}, asked for was {phrase_id!r}")
    base = book.get(phrase_id) if phrase_id in book else None
    scene = base.scene if base else phrase_id.partition(".")[0]
    owner = base.owner if base else next((p.owner for p in book.scene(scene)), author)
    table = {**(content_of(base) if base else {"id": phrase_id, **NEW}), **given, "version": 1, "state": "draft"}
    return phrase_from_table(table, scene, owner, source)


async def review(
    session: WriteSession, context: ReviewContext, row: PhraseRevision, *, by: str, now: datetime, why: str = ""
) -> None:
    """Confirm as a second person that the words are right.

    Raises:
        PhraseError: wrong state, the author's own hand, or faults in the words.
    """
    await _step(session, row, "reviewed", context=context, by=by, now=now, why=why)
    row.reviewer = recorded_name(by)
    await session.flush()


async def approve(
    session: WriteSession, context: ReviewContext, row: PhraseRevision, *, by: str, now: datetime, why: str = ""
) -> None:
    """Take a reviewed version into force at once.

    Raises:
        PhraseError: wrong state, the author's own hand, a newer version in force, or faults in the words.
    """
    _ensure_newest(row, context)
    await _step(session, row, "approved", context=context, by=by, now=now, why=why, effective_at=now)
    row.approver = recorded_name(by)
    await session.flush()


async def schedule(
    session: WriteSession,
    context: ReviewContext,
    row: PhraseRevision,
    *,
    at: datetime,
    by: str,
    now: datetime,
    why: str = "",
) -> None:
    """Let a version come into force at a moment to come; one that is only reviewed is approved by this.

    Raises:
        PhraseError: the moment has passed, wrong state, the author's own hand, or faults in the words.
    """
    if at <= now:
        raise PhraseError(f"{at.isoformat()} has passed: `approve` takes a version into force at once")
    _ensure_newest(row, context)
    if row.state == "reviewed":
        await _step(session, row, "approved", context=context, by=by, now=now, why=why, effective_at=at)
        row.approver = recorded_name(by)
    await _step(session, row, "scheduled", context=context, by=by, now=now, why=why, effective_at=at)
    await session.flush()


async def retire(session: WriteSession, row: PhraseRevision, *, by: str, now: datetime, why: str) -> None:
    """Take a version out of force for good; the version before it, if still approved, comes back.

    Raises:
        PhraseError: it is retired already, or name or reason are missing.
    """
    await _step(session, row, "retired", context=None, by=by, now=now, why=_reason(why))
    await session.flush()


async def adopt_from_files(session: WriteSession, phrase: Phrase, *, by: str, now: datetime) -> PhraseRevision:
    """Return the row of a file's version, made if there is none, so that it can be retired in the running system."""
    known = await find_locked(session, phrase.id, phrase.version)
    if known is not None:
        return known
    row = PhraseRevision(
        phrase=phrase.id,
        version=phrase.version,
        scene=phrase.scene,
        owner=phrase.owner,
        content=content_of(phrase),
        state=phrase.state,
        author=recorded_name(by),
        reason="taken over from the files",
        created_at=now,
        effective_at=now if sendable(phrase, now) else None,
    )
    session.add(row)
    _line(session, row, who=row.author, before=None, why=row.reason, now=now)
    await session.flush()
    return row


async def _step(
    session: WriteSession,
    row: PhraseRevision,
    to: str,
    *,
    context: ReviewContext | None,
    by: str,
    now: datetime,
    why: str,
    effective_at: datetime | None = None,
) -> None:
    await session.refresh(row, with_for_update=True)
    who = recorded_name(by)
    ensure_transition(row.phrase, row.version, row.state, to)
    ensure_second_person(row.phrase, row.version, to, by=who, author=row.author)
    if context is not None:
        _ensure_faultless(to_revision(row).phrase, context, now)
    before, row.state = row.state, to
    row.effective_at = effective_at or row.effective_at
    _line(session, row, who=who, before=before, why=why.strip(), now=now)
    await session.flush()


async def _number(session: WriteSession, row: PhraseRevision, *, at_least: int) -> None:
    """Give a new row the next version; two drafts at once get two numbers."""
    newest_of = select(func.max(PhraseRevision.version)).where(PhraseRevision.phrase == row.phrase)
    for _ in range(10):
        row.version = max(await session.scalar(newest_of) or 0, at_least) + 1
        try:
            async with session.begin_nested():
                session.add(row)
                await session.flush()
        except IntegrityError:
            continue
        return
    raise PhraseError(f"{row.phrase}: others draft this phrase at the same moment; try again")


def _ensure_newest(row: PhraseRevision, context: ReviewContext) -> None:
    over = context.book.get(row.phrase) if row.phrase in context.book else None
    if over is not None and over.version > row.version and over.state in ("approved", "scheduled"):
        raise PhraseError(
            f"{row.phrase}: version {over.version} is in force and goes before version {row.version}: draft anew"
        )


def _ensure_faultless(phrase: Phrase, context: ReviewContext, now: datetime) -> None:
    found = approval_faults(phrase, context, now)
    if found:
        raise PhraseError("\n".join(str(fault) for fault in found))


def _reason(reason: str) -> str:
    if not reason.strip():
        raise PhraseError("give --reason TEXT: whoever reads the history wants to know why")
    return reason.strip()


def _line(session: WriteSession, row: PhraseRevision, *, who: str, before: str | None, why: str, now: datetime) -> None:
    event = PhraseEvent(
        phrase=row.phrase,
        version=row.version,
        at=now,
        who=who,
        from_state=before,
        to_state=row.state,
        effective_at=row.effective_at,
        why=why,
    )
    session.add(event)
