"""What the verbs of the command line share: the records, JSON, the last word before exit 1."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.desk.database import Database
from bot.desk.sessions import ReadSession, WriteSession
from bot.settings import settings
from phrasebook.china_time import SHANGHAI

# Names and texts of strangers are printed as they are: no brackets of theirs are markup, no `:name:` an emoji.
console = Console(markup=False, emoji=False)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def now() -> datetime:
    """Return the present moment in the shop's zone."""
    return datetime.now(SHANGHAI)


def read[Result](work: Callable[[ReadSession], Awaitable[Result]]) -> Result:
    """Read from the records, in one transaction."""
    return _open(Database.reading, work)


def write[Result](work: Callable[[WriteSession], Awaitable[Result]]) -> Result:
    """Change the records, in one transaction."""
    return _open(Database.session, work)


def _open[Session, Result](
    kind: Callable[[Database], AbstractAsyncContextManager[Session]], work: Callable[[Session], Awaitable[Result]]
) -> Result:
    async def go() -> Result:
        database = Database(settings().database)
        try:
            async with kind(database) as session:
                return await work(session)
        finally:
            await database.close()

    return asyncio.run(go())


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def fail(message: str) -> typer.Exit:
    """Say what went wrong and return the exit to raise."""
    typer.echo(message, err=True)
    return typer.Exit(1)


def moment(text: str, option: str) -> datetime:
    """Read `2026-12-01` or `2026-12-01T09:00`, in the shop's zone when it names none.

    Raises:
        typer.Exit: the text is no moment.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise fail(f"{option} {text!r} is no date or moment such as 2026-12-01 or 2026-12-01T09:00") from None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)
