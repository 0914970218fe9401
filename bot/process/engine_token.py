"""The token between gateway and engine, kept where the command line finds it while the system runs."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bot.settings import Settings

FILE = "engine.token"


def made(settings: Settings) -> str:
    """Return the token set by the operator, or a fresh one that only this user may read under `LIYAN_VAR`."""
    if settings.engine_token:
        return settings.engine_token.get_secret_value()
    token = secrets.token_urlsafe(32)
    path = _path(settings)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token)
    return token


def found(settings: Settings) -> str | None:
    """Return the token of the running system; None when none runs here."""
    if settings.engine_token:
        return settings.engine_token.get_secret_value()
    try:
        return _path(settings).read_text(encoding="ascii")
    except FileNotFoundError:
        return None


def forget(settings: Settings) -> None:
    """Take the token away when the system stops."""
    _path(settings).unlink(missing_ok=True)


def _path(settings: Settings) -> Path:
    return settings.var / FILE
