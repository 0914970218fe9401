"""Where the running system's inner processes listen, and their token: chosen at its start, found by the command line.

`running.json` under `LIYAN_VAR` holds them. The supervisor keeps the file locked as long as it lives, so that a second
system on the same records is refused, and what a killed one left behind counts for nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from bot.process.ports import free_ports
from bot.settings import Settings

FILE = "running.json"


class AlreadyRunning(RuntimeError):  # noqa: N818 - named after what happened; the message says what to do
    """Raised when another system runs on the same records."""


@contextmanager
def claim(settings: Settings) -> Iterator[Settings]:
    """Keep the records for one running system; yield the settings with inner ports and token chosen.

    Raises:
        AlreadyRunning: another one runs on them.
        PortTaken: there is no free port.
    """
    settings.var.mkdir(parents=True, exist_ok=True)
    path = settings.var / FILE
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"another system runs on the records in {settings.var}: stop it, or set LIYAN_VAR to another folder"
            ) from None
        chosen = _chosen(settings)
        file.truncate()
        json.dump(chosen, file)
        file.flush()
        try:
            yield _with(settings, chosen)
        finally:
            # Emptied, not removed: whoever waits for the lock must not get it on a file that has no name any more.
            os.truncate(path, 0)


def find(settings: Settings) -> Settings | None:
    """Return the settings with the ports and the token of the system that runs on these records.

    Returns:
        None when none runs, or only processes that were started one by one without ports and a token of their own.
    """
    if settings.engine_token and settings.engine_port:
        return settings
    try:
        file = (settings.var / FILE).open(encoding="ascii")
    except FileNotFoundError:
        return None
    with file:
        if not _is_locked(file.fileno()):
            return None
        text = file.read()
    return _with(settings, json.loads(text)) if text else None


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _chosen(settings: Settings) -> dict[str, int | str]:
    engine, actions = free_ports(2)
    token = settings.engine_token.get_secret_value() if settings.engine_token else secrets.token_urlsafe(32)
    return {
        "engine_port": settings.engine_port or engine,
        "actions_port": settings.actions_port or actions,
        "engine_token": token,
    }


def _with(settings: Settings, chosen: dict[str, int | str]) -> Settings:
    token = SecretStr(str(chosen["engine_token"]))
    return settings.model_copy(update=chosen | {"engine_token": token})
