"""Share few places fairly: of those who wait, whoever had a place longest ago gets the next one."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_REMEMBERED = 10_000
"""Groups and members of which it is known when they had their last place; who is forgotten counts as new."""


@dataclass(frozen=True, eq=False)
class _Waiting:
    member: str
    place: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class FairTurns:
    """Give out places in turn, to groups first, and within a group to its members.

    A group with a thousand waiting gets as many places as one with a single one, and within a group whoever says little
    does not stand behind those who say much.

    Args:
        places: how many may be taken at the same time.
        share: how many of them one group may take at the same time.
    """

    def __init__(self, places: int, share: int) -> None:
        self._free = places
        self._share = share
        self._taken: Counter[str] = Counter()
        self._waiting: dict[str, list[_Waiting]] = {}
        self._last_turn: OrderedDict[str, int] = OrderedDict()
        self._turns = 0

    @asynccontextmanager
    async def place(self, group: str, member: str) -> AsyncIterator[None]:
        """Wait for a place and hold it while the block runs.

        Args:
            group: those who share their turns, such as all visitors of an address.
            member: one of them, such as a conversation.
        """
        await self._wait(group, _Waiting(member))
        try:
            yield
        finally:
            self._give_back(group)

    async def _wait(self, group: str, waiting: _Waiting) -> None:
        self._waiting.setdefault(group, []).append(waiting)
        self._give_out()
        try:
            await waiting.place
        except asyncio.CancelledError:
            if waiting.place.cancelled():
                self._leave(group, waiting)
            else:
                # The place came in the very moment in which nobody wanted it any more.
                self._give_back(group)
            raise

    def _leave(self, group: str, waiting: _Waiting) -> None:
        others = [one for one in self._waiting.get(group, ()) if one is not waiting]
        if others:
            self._waiting[group] = others
        else:
            self._waiting.pop(group, None)

    def _give_back(self, group: str) -> None:
        self._free += 1
        self._taken[group] -= 1
        if not self._taken[group]:
            del self._taken[group]
        self._give_out()

    def _give_out(self) -> None:
        while self._free:
            groups = [group for group in self._waiting if self._taken[group] < self._share]
            if not groups:
                return
            group = min(groups, key=self._when)
            waiting = min(self._waiting[group], key=lambda one: self._when(one.member))
            self._leave(group, waiting)
            if waiting.place.cancelled():
                continue
            self._free -= 1
            self._taken[group] += 1
            self._note(group, waiting.member)
            waiting.place.set_result(None)

    def _when(self, name: str) -> int:
        return self._last_turn.get(name, 0)

    def _note(self, *names: str) -> None:
        self._turns += 1
        for name in names:
            self._last_turn[name] = self._turns
            self._last_turn.move_to_end(name)
        while len(self._last_turn) > _REMEMBERED:
            self._last_turn.popitem(last=False)
