"""What strangers wrote is printed as they wrote it, whatever it looks like."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.desk.database import Database
from bot.desk.models import Conversation, Customer, Message, Ticket
from bot.settings import settings

SENDER = "[/red]"
TEXT = "[link=https://x.example]点我[/link] :smile: [bold]"
NUMBER = "T261122-00174"


@pytest.fixture(autouse=True)
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make records whose every text looks like markup, and a screen wide enough to show it in one line."""
    monkeypatch.setenv("LIYAN_VAR", str(tmp_path))
    monkeypatch.setenv("LIYAN_DATABASE_URL", "")
    monkeypatch.setenv("COLUMNS", "400")
    settings.cache_clear()
    asyncio.run(_fill())
    yield
    settings.cache_clear()


async def _fill() -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    database = Database(settings().database)
    await database.upgrade()
    common = {"channel": "rest", "sender": SENDER, "created_at": at}
    async with database.session() as session:
        session.add(Customer(id="c1", **common))
        await session.flush()
        session.add(Conversation(id="t1", customer_id="c1", last_at=at, **common))
        await session.flush()
        session.add(
            Message(
                id="m1", conversation_id="t1", customer_id="c1", seq=1, direction="in", author="customer",
                state="answered", text=TEXT, at=at, understood={"intent": "chitchat", "confidence": 0.2},
            )
        )  # fmt: skip
        session.add(
            Ticket(
                number=NUMBER, key="k", kind="complaint", state="new", weight="general", conversation_id="t1",
                channel="rest", sender=SENDER, fields={"what": TEXT}, created_at=at,
            )
        )  # fmt: skip
    await database.close()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("tickets", "list"), SENDER),
        (("tickets", "show", NUMBER), TEXT),
        (("conversations", "list"), SENDER),
        (("conversations", "show", "t1"), TEXT),
        (("nlu", "inbox", "--days", "30000"), TEXT),
    ],
)
def test_brackets_of_strangers_are_no_markup(words: tuple[str, ...], shown: str) -> None:
    """A sender or a text in the form of markup is shown as it is, and breaks nothing."""
    result = CliRunner().invoke(app.app, list(words), catch_exceptions=False)
    assert shown in result.stdout


def test_a_number_to_copy_is_whole_on_a_narrow_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eighty columns cut a stranger's long name, never the number by which a ticket is shown."""
    monkeypatch.setenv("COLUMNS", "80")
    result = CliRunner().invoke(app.app, ["tickets", "list"], catch_exceptions=False)
    assert NUMBER in result.stdout
