"""Cleaning, limits, keys, logs, the command: the gateway's small parts."""

from __future__ import annotations

import json
import logging
import socket
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from bot import logs
from bot.channels.rate_limits import ConcurrencyLimit, RateLimit
from bot.channels.web.visitor_tokens import MAX_AGE, VisitorTokens, signing_key
from bot.chat.text_cleaning import clean, clean_json, is_blank
from bot.settings import ROOT, Settings

ANY_TEXT = st.text(st.characters(codec=None, categories=None))


@given(ANY_TEXT)
def test_cleaned_text_fits_every_database(text: str) -> None:
    """Whatever came in can be encoded, holds no control but tab and line feed, and is clean already."""
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not any(ord(char) < 32 and char not in "\t\n" for char in cleaned)
    assert clean(cleaned) == cleaned


@given(
    st.recursive(st.none() | st.integers() | ANY_TEXT, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner))
)
def test_cleaned_json_can_be_written(value: object) -> None:
    """Every text in a JSON value is cleaned, keys included."""
    json.dumps(clean_json(value), ensure_ascii=False).encode("utf-8")


@given(ANY_TEXT)
def test_text_that_shows_something_is_not_blank(text: str) -> None:
    """One visible character is enough, whatever invisible ones surround it."""
    assert not is_blank(clean(text) + "好")


def test_line_ends_are_line_feeds() -> None:
    """Line ends of all systems become line feeds."""
    assert clean("一\r\n二\r三\n四") == "一\n二\n三\n四"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


def test_window_slides() -> None:
    """So many in so many seconds; the wait is told, and one key does not weigh on another."""
    clock = Clock()
    window = RateLimit(2, 10, clock)
    assert [window.hit("a"), window.hit("a"), window.hit("a"), window.hit("b")] == [0, 0, 10, 0]
    clock.now = 4
    assert window.hit("a") == 6
    clock.now = 10
    assert window.hit("a") == 0


def test_refusal_is_told_once_in_a_window() -> None:
    """The polite word comes once, and again in the next window."""
    clock = Clock()
    window = RateLimit(1, 10, clock)
    assert [window.first_refusal("a"), window.first_refusal("a"), window.first_refusal("b")] == [True, False, True]
    clock.now = 11
    assert window.first_refusal("a")


def test_window_forgets_those_who_left() -> None:
    """Keys that were not seen for a while cost no memory."""
    clock = Clock()
    window = RateLimit(1, 10, clock)
    for number in range(900):
        window.hit(str(number))
    clock.now = 100
    for _ in range(200):
        window.hit("a")
    assert len(window._seen) < 100


def test_lines_are_counted_while_open() -> None:
    """A line counts while it is open and not longer."""
    lines = ConcurrencyLimit(1)
    with lines.hold("a") as first, lines.hold("a") as second:
        assert (first, second) == (True, False)
    with lines.hold("a") as again:
        assert again


def test_signing_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """Without LIYAN_SECRET a key is made under `var`, readable by its owner only, the same ever after."""
    settings = Settings(_env_file=None, var=tmp_path / "var", secret=None)
    key = signing_key(settings)
    assert signing_key(settings) == key
    path = tmp_path / "var" / "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["secret"]
    path.write_text("short")
    with pytest.raises(ValueError, match="delete the file"):
        signing_key(settings)


@given(st.text(max_size=600))
def test_forged_sessions_are_none(token: str) -> None:
    """No text that we did not sign is a session, and none makes it raise."""
    assert VisitorTokens("k" * 40).read(token) is None


@pytest.mark.parametrize(("seconds", "valid"), [(-30, True), (-90, False), (3600, True), (MAX_AGE + 60, False)])
def test_a_session_is_valid_for_its_time(seconds: int, valid: bool) -> None:
    """A session counts from its signature on, on a machine whose clock is a minute behind too."""
    visitors = VisitorTokens("k" * 40)
    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC), tick=False):
        token = visitors.sign("v")
    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=seconds), tick=False):
        assert (visitors.read(token) == "v") is valid


def test_logs_hide_what_is_personal() -> None:
    """Numbers, mail addresses and the values of statements are hidden; ids of ours stay."""
    assert logs.mask("请打13912345678") == "请打139****78"
    assert "330106199001011234" not in logs.mask("id 330106199001011234.")
    assert logs.mask("a.b@c.example x") == "***@*** x"
    kept = "T261122-00173 4f0c1a2b3c4d5e6f708192a3b4c5d6e7"
    assert logs.mask(kept) == kept
    error = OperationalError("INSERT INTO messages VALUES (?)", ("我住文三路",), Exception("locked"))
    assert "文三路" not in logs.mask(str(error))


def test_logged_exceptions_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception that repeats a number is logged without it, ours and the libraries' alike."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        logs.configure("INFO", json=True)
        for logger in (structlog.stdlib.get_logger("t1"), logging.getLogger("t2")):
            try:
                raise ValueError("电话 13912345678")
            except ValueError:
                logger.exception("failed")
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    finally:
        root.handlers, root.level = before[0], before[1]
        structlog.reset_defaults()
    assert [line["event"] for line in lines] == ["failed", "failed"]
    assert all("ValueError" in line["exception"] and "13912345678" not in line["exception"] for line in lines)


def test_taken_port_is_said_clearly(tmp_path: Path) -> None:
    """`python -m bot.gateway` on a taken port ends with 1 and one line that says what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = {"LIYAN_PORT": str(port), "LIYAN_VAR": str(tmp_path), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            [sys.executable, "-m", "bot.gateway"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1
    assert f"port {port} on 127.0.0.1 is taken" in done.stderr
    assert "LIYAN_PORT" in done.stderr
    assert "Traceback" not in done.stderr
