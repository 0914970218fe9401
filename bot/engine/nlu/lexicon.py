"""Product words of the shop, written by the service and re-read without retraining."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Product:
    """One entry of the catalogue as customers may name it."""

    sku: str
    name: str
    category: str
    model: str
    words: tuple[str, ...]


class Lexicon:
    """The catalogue's words, read again whenever the file has changed.

    Args:
        path: ``var/lexicon.json``: ``{"products": [{"sku", "name", "category", "model", "words": […]}]}``.
    """

    def __init__(self, path: Path) -> None:
        # Where the service writes it now counts, not where it lay when the model was trained.
        self.path = Path(os.environ.get("LIYAN_LEXICON", path))
        self.products: tuple[Product, ...] = ()
        self.version = 0
        self._stamp: tuple[int, int] | None = None

    def refresh(self) -> int:
        """Read the file when it is new or changed; return the version of what is known now.

        A broken file leaves the last good words in place.
        """
        try:
            state = self.path.stat()
        except OSError:
            return self.version
        stamp = (state.st_mtime_ns, state.st_size)
        if stamp == self._stamp:
            return self.version
        self._stamp = stamp
        try:
            self.products = _read(self.path)
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("lexicon.unreadable", path=str(self.path), cause=repr(error))
            return self.version
        self.version += 1
        log.info("lexicon.read", products=len(self.products), version=self.version)
        return self.version


def _read(path: Path) -> tuple[Product, ...]:
    entries = json.loads(path.read_text(encoding="utf8"))["products"]
    return tuple(
        Product(
            sku=str(entry["sku"]),
            name=str(entry["name"]),
            category=str(entry.get("category") or ""),
            model=str(entry.get("model") or ""),
            words=tuple(str(word) for word in entry.get("words") or ()),
        )
        for entry in entries
    )
