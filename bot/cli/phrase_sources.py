"""What the verbs of `liyan phrases` work with: the book of the files, the book in force, the filter."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable
from pathlib import Path

import typer
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.chat.speech.personal_data import shop_public_data
from bot.chat.speech.phrases_in_force import OWN_PHRASES
from bot.checks import phrase_usage as said_by_journeys
from bot.checks.shop_usage import said_by_shop
from bot.cli.terminal import fail, now, read, write
from bot.desk.phrases import records as phrase_records
from bot.desk.phrases.in_force import ReviewContext, sendable
from bot.desk.phrases.sheets import SheetError
from bot.desk.phrases.states import PhraseError
from bot.desk.sessions import ReadSession, WriteSession
from bot.settings import settings
from phrasebook.book.book import ApprovedPhrases
from phrasebook.book.load import load_phrases
from phrasebook.errors import PhrasebookError
from phrasebook.filter.check import Checker, load_checker
from phrasebook.filter.personal_data import PersonalData

FAULTS = (PhraseError, SheetError, PhrasebookError)
"""What a verb tells the person who called it, without a traceback."""
STORAGE = (OperationalError, ProgrammingError, OSError)
"""What the records raise when they are not there or have not been upgraded."""


def folders() -> tuple[Path, ...]:
    """Return the folders of the files."""
    return settings().phrase_folders


def public() -> PersonalData:
    """Return what the shop tells everybody."""
    return shop_public_data(settings().pack_folder)


def checker() -> Checker:
    """Load the filter.

    Raises:
        typer.Exit: a file is wrong.
    """
    try:
        return load_checker(settings().phrasebook / "forbidden", public())
    except PhrasebookError as error:
        raise fail(str(error)) from error


def book(*, running: bool = False) -> ApprovedPhrases:
    """Load the book of the files, or with `running` the one in force where there are records.

    Raises:
        InvalidFilesError: a file is wrong.
    """
    baseline = load_phrases(*folders())
    if not running:
        return baseline
    return records(lambda session: phrase_records.book_in_force(session, baseline, now()), otherwise=baseline)


def records[Result](work: Callable[[ReadSession], Awaitable[Result]], *, otherwise: Result) -> Result:
    """Read from the records; `otherwise` where there are none yet.

    Raises:
        typer.Exit: a row is at fault.
    """
    if not has_records():
        return otherwise
    try:
        return read(work)
    except FAULTS as error:
        raise fail(str(error)) from error
    except STORAGE as error:
        typer.echo(f"only the files are read: {_cause(error)}", err=True)
        return otherwise


def has_records() -> bool:
    """Tell whether there are records: asking an SQLite file that is not there would make it."""
    url = make_url(settings().database)
    return not (url.drivername.startswith("sqlite") and url.database and not Path(url.database).exists())


def work[Result](do: Callable[[WriteSession, ReviewContext], Awaitable[Result]]) -> Result:
    """Do something with the records and what new words are measured by, in one transaction.

    Raises:
        typer.Exit: it was refused; says why.
    """
    if not has_records():
        raise fail("there are no records yet: run `liyan db upgrade`")
    try:
        baseline = load_phrases(*folders())
        found = checker()
    except PhrasebookError as error:
        raise fail(str(error)) from error

    async def go(session: WriteSession) -> Result:
        in_force = await phrase_records.book_in_force(session, baseline, now())
        return await do(session, ReviewContext(baseline, in_force, found))

    try:
        return write(go)
    except FAULTS as error:
        raise fail(str(error)) from error
    except STORAGE as error:
        raise fail(f"the records cannot be read: {_cause(error)}") from error


async def ensure_no_hole(session: WriteSession, context: ReviewContext, phrase_id: str, *, anyway: bool) -> str:
    """Tell what is in force of a phrase now; refuse to leave those who say it without words.

    Raises:
        PhraseError: nothing is left to say and somebody says it.
    """
    book = await phrase_records.book_in_force(session, context.baseline, now())
    if phrase_id in book and sendable(book.get(phrase_id), now()):
        return f"in force: version {book.get(phrase_id).version}"
    silent = "no version in force: it is not said"
    if phrase_id not in context.book or not sendable(context.book.get(phrase_id), now()):
        return silent
    if phrase_id in OWN_PHRASES or phrase_id in {book.safe_phrase_for(scene) for scene in book.scenes()}:
        raise PhraseError(f"{phrase_id}: the gateway cannot do without it: draft another version instead")
    places = said_by_journeys.phrases_said().get(phrase_id) or said_by_shop().get(phrase_id)
    if places and not anyway:
        raise PhraseError(
            f"{phrase_id} is said in {places[0].where} and no version would be left: customers would get the safe "
            "phrase. Draft another version instead, or say --anyway"
        )
    return silent


def no_such_phrase(known: ApprovedPhrases, phrase_id: str) -> str:
    """Say that there is no such phrase, and which are near."""
    near = difflib.get_close_matches(phrase_id, [phrase.id for phrase in known], n=5, cutoff=0.5)
    return f"no phrase {phrase_id!r}; near: {', '.join(near) or 'none'}; `liyan phrases find WORDS` searches"


def _cause(error: Exception) -> str:
    why = getattr(error, "orig", None) or error
    return f"{why}; run `liyan db upgrade` or check LIYAN_DATABASE_URL"
