"""What an operator can mend is told by the command line in one line, with exit code 1."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import cli
from bot.settings import settings


@pytest.fixture(autouse=True)
def fresh_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Read the settings anew, with records of this test alone."""
    monkeypatch.setenv("LIYAN_VAR", str(tmp_path))
    monkeypatch.setenv("LIYAN_DATABASE_URL", "")
    settings.cache_clear()
    yield
    settings.cache_clear()


def _told(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "argv", ["liyan", "tickets", "list"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return str(ended.value.code)


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("LIYAN_PORT", "eight", "valid integer"),
        ("LIYAN_ENGINE_PORT", "70000", "65535"),
        ("LIYAN_TIMEZONE", "Mars/Olympus", "Asia/Shanghai"),
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
