"""Which state of a ticket may follow which."""

from __future__ import annotations

ALLOWED: dict[str, tuple[str, ...]] = {
    "new": ("accepted", "in_progress", "waiting_customer", "solved", "withdrawn"),
    "accepted": ("in_progress", "waiting_customer", "solved", "withdrawn"),
    "in_progress": ("waiting_customer", "solved", "withdrawn"),
    "waiting_customer": ("in_progress", "solved", "closed", "withdrawn"),
    "solved": ("closed", "reopened"),
    "closed": ("reopened",),
    "reopened": ("accepted", "in_progress", "waiting_customer", "solved", "withdrawn"),
    "withdrawn": (),
}
STATES = tuple(ALLOWED)
OPEN = tuple(state for state in STATES if state not in ("solved", "closed", "withdrawn"))


class TransitionError(ValueError):
    """Raised when a state cannot follow another.

    Attributes:
        number: the ticket's number.
        state: its present state.
        allowed: states that can follow.
    """

    def __init__(self, number: str, state: str, to: str) -> None:
        """Say what was tried and what is possible."""
        self.number = number
        self.state = state
        self.allowed = ALLOWED[state]
        possible = ", ".join(self.allowed) or "nothing, it is final"
        super().__init__(f"ticket {number}: {state} cannot become {to}; allowed: {possible}")


def ensure_allowed(number: str, state: str, to: str) -> None:
    """Raise unless `to` may follow `state`.

    Raises:
        TransitionError: it may not.
    """
    if to not in ALLOWED[state]:
        raise TransitionError(number, state, to)
