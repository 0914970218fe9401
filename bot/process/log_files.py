"""The files that the processes' output goes to: readable by their owner only, and bounded."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MOST_BYTES = 10_000_000
OLD_FILES = 4
"""How many earlier files are kept beside the one that is written."""


def open_log(path: Path) -> int:
    """Return a descriptor that appends to a log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def rotate(path: Path, *, most_bytes: int = MOST_BYTES) -> None:
    """Begin a log anew when it has grown too long; `engine.log` becomes `engine.log.1`, that one `engine.log.2` …

    The process that writes keeps its descriptor, so the lines are copied away and the file is emptied under it.
    """
    if not path.exists() or path.stat().st_size <= most_bytes:
        return
    for number in range(OLD_FILES - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
    shutil.copy(path, path.with_name(f"{path.name}.1"))  # with its mode: for the owner only
    os.truncate(path, 0)
