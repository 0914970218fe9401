"""Keep what the system writes from other users of the machine: it is what customers said."""

from __future__ import annotations

from pathlib import Path

_OURS = ("*.db", "*.db-wal", "*.db-shm", "*.json", "log/*")


def close_to_others(var: Path) -> None:
    """Make the folder, and take other users' rights from our files in it: earlier versions left them open.

    Args:
        var: `LIYAN_VAR`; the mode of a folder that was there before is its owner's affair.
    """
    for folder in (var, var / "log"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (var / "log").chmod(0o700)
    for pattern in _OURS:
        for path in var.glob(pattern):
            path.chmod(0o600)
