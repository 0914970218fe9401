"""How much one visitor may send at once and in a while."""

from __future__ import annotations

import contextlib
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator

_SWEEP_EVERY = 1000


class RateLimit:
    """Allow a key so many events in so many seconds.

    Args:
        limit: events allowed.
        seconds: length of the window.
        clock: monotonic seconds; a seam for tests.
    """

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self.seconds = seconds
        self._clock = clock
        self._seen: dict[str, deque[float]] = {}
        self._told: dict[str, float] = {}
        self._since_sweep = 0

    def hit(self, key: str) -> float:
        """Count an event: 0 when it is allowed, else the seconds until the next one is."""
        now = self._clock()
        self._sweep(now)
        times = self._seen.setdefault(key, deque())
        while times and times[0] <= now - self.seconds:
            times.popleft()
        if len(times) >= self.limit:
            return max(times[0] + self.seconds - now, 0.001)
        times.append(now)
        return 0.0

    def count(self, key: str) -> int:
        """Return how many events of a key were allowed in the window that ends now."""
        edge = self._clock() - self.seconds
        return sum(time > edge for time in self._seen.get(key, ()))

    def first_refusal(self, key: str) -> bool:
        """Tell once in a window that a key was refused, so that it is told politely only once."""
        now = self._clock()
        if self._told.get(key, -self.seconds) > now - self.seconds:
            return False
        self._told[key] = now
        return True

    def _sweep(self, now: float) -> None:
        self._since_sweep += 1
        if self._since_sweep < _SWEEP_EVERY:
            return
        self._since_sweep = 0
        edge = now - self.seconds
        self._seen = {key: times for key, times in self._seen.items() if times and times[-1] > edge}
        self._told = {key: at for key, at in self._told.items() if at > edge}


class ConcurrencyLimit:
    """Bound what a key may hold open at the same time.

    Args:
        limit: how many may be open at the same time.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._open: Counter[str] = Counter()

    @contextlib.contextmanager
    def hold(self, key: str) -> Iterator[bool]:
        """Yield whether one more may be open, and count it while the block runs."""
        self._open[key] += 1
        try:
            yield self._open[key] <= self.limit
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]
