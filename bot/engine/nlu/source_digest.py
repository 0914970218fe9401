"""Digest the files a component depends on, so that Rasa's cache notices a change in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

ROOM = Path(__file__).resolve().parent
ROOT = ROOM.parents[2]


def digest(paths: Iterable[Path]) -> str:
    """Return one SHA-256 over the contents of ``paths``; folders count with all that lies in them."""
    summary = hashlib.sha256()
    for path in paths:
        for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            if "__pycache__" in file.parts:
                continue
            summary.update(str(file.relative_to(path.parent)).encode())
            summary.update(file.read_bytes() if file.exists() else b"")
    return summary.hexdigest()


@lru_cache(maxsize=1)
def nlu_digest() -> str:
    """Return the digest of this room and of the phrasebook's fold."""
    book = ROOT / "phrasebook"
    return digest([ROOM, book / "tables", *sorted(book.rglob("*.py"))])
