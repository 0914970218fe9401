"""`liyan phrases`: the verbs that revise what is said: draft, review, approve, schedule, retire, export, import."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import phrase_sources
from bot.cli.terminal import fail, moment, now
from bot.desk.models import PhraseRevision
from bot.desk.phrases import files, lifecycle, records, table_import
from bot.desk.phrases.in_force import ReviewContext
from bot.desk.phrases.states import PhraseError
from bot.desk.phrases.table_import import TableImport
from bot.desk.sessions import WriteSession
from phrasebook.errors import InvalidFilesError, Problem
from phrasebook.yaml_source import read_yaml

Id = Annotated[str, typer.Argument(metavar="ID", help="The phrase, such as complaint.ask_what.")]
By = Annotated[str, typer.Option("--by", help="Who does it.")]
Version = Annotated[int | None, typer.Option(help="Which version; by default the newest that is ready for it.")]
Why = Annotated[str, typer.Option("--reason", help="Why; stands in the history.")]

type Step = Callable[[WriteSession, ReviewContext, PhraseRevision], Awaitable[None]]


def register(app: typer.Typer) -> None:
    """Give the verbs to a command line."""
    for verb in (draft, review, approve, schedule, retire, export):
        app.command()(verb)
    app.command("import")(import_table)


def draft(
    phrase_id: Id,
    by: By,
    reason: Why,
    file: Annotated[
        Path | None, typer.Option(help="YAML of the phrase; keys that are missing stay as in force.")
    ] = None,
    variant: Annotated[list[str] | None, typer.Option(help="A sentence; give it several times.")] = None,
    purpose: Annotated[str | None, typer.Option(help="What a new phrase is for.")] = None,
) -> None:
    """Write a new version of a phrase; nothing of it is said before a second person approved it."""
    changes = _changes(phrase_id, file)
    changes.update({key: value for key, value in (("variants", variant), ("purpose", purpose)) if value})
    if not changes:
        raise fail("give --file FILE or --variant TEXT")

    async def work(session: WriteSession, context: ReviewContext) -> str:
        source = str(file) if file else "--variant"
        row = await lifecycle.draft(
            session, context, phrase_id, changes, by=by, reason=reason, now=now(), source=source
        )
        return f"{phrase_id} version {row.version}: draft by {row.author}; somebody else reviews it next"

    typer.echo(phrase_sources.work(work))


def _changes(phrase_id: str, file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        table = read_yaml(file)
    except InvalidFilesError as error:
        raise fail(str(error)) from error
    rows = table.get("phrases")
    if isinstance(rows, list):
        found = next((row for row in rows if isinstance(row, dict) and row.get("id") == phrase_id), None)
        if found is None:
            raise fail(f"{file}: holds no phrase {phrase_id}")
        return dict(found)
    return dict(table)


def review(phrase_id: Id, by: By, version: Version = None, reason: Why = "") -> None:
    """Confirm as a second person that the words of a draft are right."""

    async def step(session: WriteSession, context: ReviewContext, row: PhraseRevision) -> None:
        await lifecycle.review(session, context, row, by=by, now=now(), why=reason)

    _do(phrase_id, version, ("draft",), step)


def approve(phrase_id: Id, by: By, version: Version = None, reason: Why = "") -> None:
    """Take a reviewed version into force at once."""

    async def step(session: WriteSession, context: ReviewContext, row: PhraseRevision) -> None:
        await lifecycle.approve(session, context, row, by=by, now=now(), why=reason)

    _do(phrase_id, version, ("reviewed",), step)


def schedule(
    phrase_id: Id,
    by: By,
    at: Annotated[str, typer.Option(help="From when on: 2026-12-01 or 2026-12-01T09:00.")],
    version: Version = None,
    reason: Why = "",
) -> None:
    """Let a reviewed or approved version come into force at a moment to come."""
    when = moment(at, "--at")

    async def step(session: WriteSession, context: ReviewContext, row: PhraseRevision) -> None:
        await lifecycle.schedule(session, context, row, at=when, by=by, now=now(), why=reason)

    _do(phrase_id, version, ("reviewed", "scheduled", "approved"), step)


def _do(phrase_id: str, version: int | None, states: tuple[str, ...], step: Step) -> None:
    """Take a step with one version and say what is in force afterwards."""

    async def work(session: WriteSession, context: ReviewContext) -> str:
        row = await _row(session, phrase_id, version, states)
        await step(session, context, row)
        state = await phrase_sources.ensure_no_hole(session, context, phrase_id, anyway=False)
        return f"{phrase_id} version {row.version}: {row.state}; {state}"

    typer.echo(phrase_sources.work(work))


async def _row(session: WriteSession, phrase_id: str, version: int | None, states: tuple[str, ...]) -> PhraseRevision:
    if version is None:
        return await records.newest_locked(session, phrase_id, states)
    row = await records.find_locked(session, phrase_id, version)
    if row is None:
        known = [str(found.version) for found in await records.versions(session, phrase_id)]
        raise PhraseError(f"{phrase_id} has no version {version} in the database; there: {', '.join(known) or 'none'}")
    return row


def retire(
    phrase_id: Id,
    by: By,
    reason: Why,
    version: Annotated[int | None, typer.Option(help="Which version; by default the one in force.")] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Even though a journey says it: the safe phrase then.")
    ] = False,
) -> None:
    """Take a version out of force for good; the version before it, if still approved, comes back."""

    async def work(session: WriteSession, context: ReviewContext) -> str:
        row = await _retiring(session, context, phrase_id, version)
        await lifecycle.retire(session, row, by=by, now=now(), why=reason)
        state = await phrase_sources.ensure_no_hole(session, context, phrase_id, anyway=anyway)
        return f"{phrase_id} version {row.version}: retired; {state}"

    typer.echo(phrase_sources.work(work))


async def _retiring(
    session: WriteSession, context: ReviewContext, phrase_id: str, version: int | None
) -> PhraseRevision:
    """Return the version that is meant, taken over from the files when it stands only there."""
    current = context.book.get(phrase_id) if phrase_id in context.book else None
    base = context.baseline.get(phrase_id) if phrase_id in context.baseline else None
    wanted = version or (current.version if current and current.state != "retired" else None)
    if wanted is None:
        return await records.newest_locked(session, phrase_id, ("scheduled", "approved", "reviewed", "draft"))
    row = await records.find_locked(session, phrase_id, wanted)
    if row is None and base is not None and base.version == wanted:
        return await lifecycle.adopt_from_files(session, base, by="files", now=now())
    return row or await _row(session, phrase_id, wanted, ())


def export(
    to: Annotated[
        Path | None, typer.Option(help="Folder to write a whole book to; by default each file in its place.")
    ] = None,
) -> None:
    """Write the versions in force back as YAML; what was not revised keeps its lines."""
    sources = phrase_sources.folders()

    async def work(session: WriteSession, context: ReviewContext) -> files.Exported:
        book = await records.book_for_files(session, context.baseline, now())
        return files.export(context.baseline, book, sources, to)

    done = phrase_sources.work(work)
    for phrase in done.phrases:
        typer.echo(phrase)
    where = to or " and ".join(sorted({str(path.parent) for path in done.files})) or sources[0]
    typer.echo(f"{len(done.phrases)} phrases differ from the files; {len(done.files)} files written to {where}")


def import_table(
    file: Annotated[
        Path, typer.Argument(help="A .csv or .xlsx table, a row a sentence; the first row names the columns.")
    ],
    by: By,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    reason: Why = "",
) -> None:
    """Make drafts of a table of sentences: all of them, or none when any row is at fault."""

    async def work(session: WriteSession, context: ReviewContext) -> tuple[TableImport, list[PhraseRevision]]:
        made = table_import.plan_import(context, file, by=by, now=now())
        if dry_run or made.problems:
            return made, []
        why = reason or f"imported from {file.name}"
        return made, await table_import.write_drafts(session, context, made, by=by, reason=why, now=now())

    made, rows = phrase_sources.work(work)
    _tell(made.problems)
    if made.problems:
        raise fail(f"{len(made.problems)} faults; nothing was imported")
    for phrase in made.unchanged:
        typer.echo(f"{phrase}: unchanged")
    for drafted in made.phrases if dry_run else ():
        typer.echo(f"{drafted.id}: would be drafted with {len(drafted.changes['variants'])} sentences")
    for row in rows:
        typer.echo(f"{row.phrase} version {row.version}: draft")
    typer.echo(f"{len(made.phrases)} drafts{' would be' if dry_run else ''} made, {len(made.unchanged)} unchanged")


def _tell(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        typer.echo(str(problem), err=True)
