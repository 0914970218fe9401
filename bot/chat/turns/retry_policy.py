"""How long to wait between tries, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RetryPolicy:
    """Pauses that grow from one try to the next.

    Args:
        first: seconds before the second try; each pause after it is `factor` times as long, up to `longest`.
        tries: failed tries after which something is given up.
        sweep: seconds between two looks for what was left lying.
    """

    first: float = 1.0
    factor: float = 2.0
    longest: float = 15.0
    tries: int = 8
    sweep: float = 20.0

    def pause(self, tries: int) -> float:
        """Return the seconds to wait after so many failed tries."""
        return float(min(self.first * self.factor ** min(tries - 1, 30), self.longest))
