"""What is written under `LIYAN_VAR` is nobody else's to read."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

from bot.desk.conversations import customers
from bot.desk.database import Database
from bot.process.private_files import close_to_others


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_the_records_are_private_from_the_start(tmp_path: Path) -> None:
    """SQLite's file, those beside it and its folder are made for their owner alone, whatever the umask."""
    records = Database(f"sqlite+aiosqlite:///{tmp_path}/var/liyan.db")
    await records.upgrade()
    async with records.session() as session:
        await customers.find_or_create(session, channel="rest", sender="alice", now=datetime.now(UTC))
    modes = {path.name: _mode(path) for path in (tmp_path / "var").iterdir()}
    await records.close()
    assert modes == {"liyan.db": 0o600, "liyan.db-wal": 0o600, "liyan.db-shm": 0o600}
    assert _mode(tmp_path / "var") == 0o700


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    """Databases, logs and the rest are closed at the next start; what is not ours stays as it is."""
    ours = [tmp_path / name for name in ("liyan.db", "trackers.db-wal", "lexicon.json", "log/engine.log")]
    foreign = tmp_path / "notes.txt"
    (tmp_path / "log").mkdir()
    for path in (*ours, foreign):
        path.touch(mode=0o644)
    close_to_others(tmp_path)
    assert [_mode(path) for path in ours] == [0o600] * 4
    assert _mode(tmp_path / "log") == 0o700
    assert _mode(foreign) == 0o644
