"""Notice a transaction that stays open, and writers that find the records locked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

LONGEST_SECONDS = 30.0
"""Longer than any write may take: it waits 20 s for the lock at the most, and its own work takes a fraction of one."""


class OpenTransactions:
    """The write transactions that are open in this process.

    Args:
        clock: seconds that only grow; a seam for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[object, float] = {}
        self.refused = False
        """Whether the last write was refused: the records are locked by another process, or their disk is full."""

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Count a transaction as open while the block runs, however it ends."""
        mark = object()
        self._since[mark] = self._clock()
        try:
            yield
        except OperationalError:
            self.refused = True
            raise
        else:
            self.refused = False
        finally:
            del self._since[mark]

    def stuck(self) -> bool:
        """Tell whether one is open for so long that only the end of this process gives its lock back."""
        return any(self._clock() - since > LONGEST_SECONDS for since in self._since.values())
