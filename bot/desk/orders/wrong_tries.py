"""Count wrong tries to prove a number, by visitor, number, address and in all; each too many costs a longer pause.

A pause only ever keeps a guesser waiting: what a pause on a number, an address or on all means for its owner is decided
in `bot.desk.orders.proof`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.desk.models import ProofLock
from bot.desk.sessions import ReadSession, WriteSession
from bot.desk.upsert import insert

type Scope = Literal["visitor", "number", "address", "all"]

EVERYBODY = "all"
"""The key of the one counter of all wrong tries."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How many wrong tries are free, and what the next ones cost.

    Attributes:
        free: the wrong try with which the first pause begins.
        first: length of the first pause; it doubles with each further wrong try.
        longest: no pause is longer.
        forgiven_after: time after which one wrong try is forgotten.
    """

    free: int
    first: timedelta
    longest: timedelta
    forgiven_after: timedelta

    def pause(self, wrong: int) -> timedelta | None:
        """Return the pause after so many wrong tries, None while they are free."""
        if wrong < self.free:
            return None
        doubled: int = 2 ** min(wrong - self.free, 30)
        return min(self.first * doubled, self.longest)


BOUNDS: dict[Scope, Bound] = {
    # One person who mistypes: the manual's five tries, then a person takes over.
    "visitor": Bound(5, timedelta(minutes=15), timedelta(days=1), timedelta(hours=6)),
    # Whoever guesses at one number: 1 in 10,000 a try, at the most 24 a day in the long run.
    "number": Bound(5, timedelta(minutes=1), timedelta(hours=1), timedelta(hours=1)),
    # A household or an office behind one address mistypes now and then; a script does so at once.
    "address": Bound(20, timedelta(minutes=1), timedelta(hours=1), timedelta(minutes=10)),
    # All customers together mistype a few times an hour; 120 an hour are forgiven.
    "all": Bound(50, timedelta(minutes=1), timedelta(minutes=10), timedelta(seconds=30)),
}


async def counter(session: WriteSession, scope: Scope, key: str, now: datetime) -> ProofLock:
    """Return a counter as it stands now, its row held until the transaction ends: no try at the same time is lost."""
    row = insert(session, ProofLock).values(scope=scope, key=key, wrong=0, last_at=now)
    await session.execute(row.on_conflict_do_update(index_elements=["scope", "key"], set_={"scope": scope}))
    found = await session.get_one(ProofLock, (scope, key), populate_existing=True)
    _forget_old(found, BOUNDS[scope], now)
    return found


async def paused_for_all(session: ReadSession, now: datetime) -> bool:
    """Tell whether too many tries were wrong in all; nobody waits for anybody to learn it."""
    found = await session.get(ProofLock, (EVERYBODY, EVERYBODY), populate_existing=True)
    return found is not None and found.locked_until is not None and found.locked_until > now


def count(row: ProofLock, now: datetime) -> None:
    """Count a wrong try, and begin the pause that it costs."""
    bound = BOUNDS[row.scope]  # type: ignore[index]  # the column holds what `counter` wrote
    if row.wrong == 0:
        row.last_at = now
    row.wrong += 1
    pause = bound.pause(row.wrong)
    if pause is not None:
        row.locked_until = now + pause


def forgive(row: ProofLock, slips: int) -> None:
    """Take back wrong tries that turned out to be slips of the owner."""
    row.wrong = max(0, row.wrong - slips)


def _forget_old(row: ProofLock, bound: Bound, now: datetime) -> None:
    steps = max(0, (now - row.last_at) // bound.forgiven_after)
    row.wrong = max(0, row.wrong - steps)
    row.last_at += steps * bound.forgiven_after
    if row.locked_until is not None and row.locked_until <= now:
        row.locked_until = None
