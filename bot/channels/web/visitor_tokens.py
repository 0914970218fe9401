"""Visitor sessions, signed by us: nobody joins a conversation by knowing or guessing an id."""

from __future__ import annotations

import contextlib
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from bot.settings import Settings

COOKIE = "liyan_visitor"
MAX_AGE = 180 * 24 * 3600
"""Seconds a session lasts without a visit."""
RENEW_AFTER = 24 * 3600
"""Seconds after which the element should ask for a fresh signature."""
CLOCK_SKEW = timedelta(minutes=1)
"""How far the clock of the machine that signed may be ahead of ours."""
_SALT = "liyan.visitor.1"


class VisitorTokens:
    """Sign and read the sessions of visitors.

    Args:
        key: the secret that signs them.
    """

    def __init__(self, key: str) -> None:
        self._signer = URLSafeTimedSerializer(key, salt=_SALT)

    def new(self) -> str:
        """Return the id of a visitor never seen before."""
        return secrets.token_urlsafe(18)

    def sign(self, visitor: str) -> str:
        """Return a fresh session of a visitor."""
        return self._signer.dumps(visitor)

    def read(self, token: str | None) -> str | None:
        """Return the visitor of a session; None when it is missing, forged, too old or signed in the future."""
        if not token or len(token) > 500:
            return None
        try:
            visitor, signed_at = self._signer.loads(token, return_timestamp=True)
        except BadData:
            return None
        age = datetime.now(UTC) - signed_at
        valid = -CLOCK_SKEW <= age <= timedelta(seconds=MAX_AGE)
        return visitor if valid and isinstance(visitor, str) else None


class Origins:
    """Which pages may talk to us.

    Args:
        embedding: origins besides our own, in lower case without a slash at the end.
    """

    def __init__(self, embedding: frozenset[str]) -> None:
        self.embedding = embedding

    def is_own(self, origin: str, host: str) -> bool:
        """Tell whether a page of ours is asking: the host of `Origin` is the host that was called.

        The scheme is left out: behind a proxy that ends TLS we do not see it.
        """
        return bool(host) and origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")

    def embeds(self, origin: str) -> bool:
        """Tell whether a shop that may embed the element is asking."""
        return origin.lower().rstrip("/") in self.embedding


def signing_key(settings: Settings) -> str:
    """Return the key that signs sessions, made once under `LIYAN_VAR` when none is set."""
    if settings.secret is not None:
        return settings.secret.get_secret_value()
    path = settings.var / "secret"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make_key(path)
    return _read_key(path)


def _make_key(path: Path) -> None:
    draft = path.with_name(f"secret.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    # Linked when complete: of two processes that start at once one wins, and neither reads half a key.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _read_key(path: Path) -> str:
    key = path.read_text().strip()
    if len(key) < 32:
        raise ValueError(f"{path}: {len(key)} characters are no signing key; delete the file and start again")
    return key
