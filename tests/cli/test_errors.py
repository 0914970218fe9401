"""What an operator can mend is told by the command line in one line, with exit code 1."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from bot.cli import app
from bot.settings import settings


@pytest.fixture(autouse=True)
def fresh_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Read the settings anew, with records of this test alone."""
    monkeypatch.setenv("LIYAN_VAR", str(tmp_path))
    monkeypatch.setenv("LIYAN_DATABASE_URL", "")
    settings.cache_clear()
    yield
    settings.cache_clear()


def _told(monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.setattr(sys, "argv", ["liyan", *(words or ("tickets", "list"))])
    with pytest.raises(SystemExit) as ended:
        app.main()
    return str(ended.value.code)


def test_the_installed_script_tells_errors_in_one_line() -> None:
    """The script that installation puts in place is the function that these tests call."""
    (script,) = entry_points(group="console_scripts", name="liyan")
    assert script.load() is app.main


@pytest.mark.parametrize("number", ["T261127-00011", "12345", "T261345-00017"])
def test_a_mistyped_ticket_number_is_told_from_an_unknown_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    """A number whose check digit, day or shape is wrong is called mistyped; the records are not asked."""
    assert _told(monkeypatch, "tickets", "show", number) == "1"
    assert "is no ticket number: mistyped?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("LIYAN_PORT", "eight", "valid integer"),
        ("LIYAN_ENGINE_PORT", "70000", "65535"),
        ("LIYAN_LOG_LEVEL", "loud", "WARNING"),
        ("LIYAN_DATABASE_URL", "postgresql://db.example/liyan", "postgresql+asyncpg"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, hint: str) -> None:
    """A variable that holds what it cannot is named, with what it may hold; its value is not repeated."""
    monkeypatch.setenv(name, value)
    told = _told(monkeypatch)
    assert told.startswith(f"liyan: {name}: ")
    assert hint in told
    assert value not in told


@pytest.mark.parametrize(
    ("url", "cause"),
    [("", "no such table"), ("postgresql+asyncpg://liyan:secret@127.0.0.1:1/liyan", "127.0.0.1")],
    ids=["no tables yet", "nothing listens"],
)
def test_records_that_cannot_be_used_are_told(monkeypatch: pytest.MonkeyPatch, url: str, cause: str) -> None:
    """Records that are not there are told with the cause and what to do, without the password."""
    monkeypatch.setenv("LIYAN_DATABASE_URL", url)
    told = _told(monkeypatch)
    assert told.startswith("liyan: the records cannot be used: ")
    assert cause in told
    assert "LIYAN_DATABASE_URL" in told
    assert "secret" not in told
    assert "\n" not in told
