"""Places are shared in turn: between groups, and within a group between its members."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.chat.turns.fair_turns import FairTurns

pytestmark = pytest.mark.asyncio


class Queue:
    """Those who want a place, and the order in which they got one."""

    def __init__(self, turns: FairTurns) -> None:
        self.turns = turns
        self.order: list[str] = []
        self.holding: list[asyncio.Event] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def want(self, group: str, member: str) -> asyncio.Task[None]:
        """Let somebody wait for a place, and hold it until `go`."""

        async def hold() -> None:
            async with self.turns.place(group, member):
                self.order.append(member)
                done = asyncio.Event()
                self.holding.append(done)
                await done.wait()

        task = asyncio.create_task(hold())
        self.tasks.append(task)
        await settle()
        return task

    async def go(self, times: int = 1) -> None:
        """Let the one who has held a place longest give it back."""
        for _ in range(times):
            self.holding.pop(0).set()
            await settle()


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(5):
        await asyncio.sleep(0)


async def served(places: int, share: int, wants: Sequence[tuple[str, str]]) -> list[str]:
    """Return the order in which those who came in this order were served."""
    queue = Queue(FairTurns(places, share))
    for group, member in wants:
        await queue.want(group, member)
    await queue.go(len(wants))
    return queue.order


async def test_a_group_with_one_waiting_does_not_stand_behind_a_crowd() -> None:
    """The next free place goes to the group that had none, though a hundred of another one came before."""
    crowd = [("crowd", f"c{place}") for place in range(100)]
    order = await served(1, 1, [*crowd, ("quiet", "q")])
    assert order.index("q") == 1


async def test_groups_take_turns() -> None:
    """Groups that have many waiting are served alternately."""
    wants = [(group, f"{group}{place}") for group in ("a", "b", "c") for place in range(3)]
    order = await served(1, 1, wants)
    assert [name[0] for name in order[1:7]] == ["b", "c", "a", "b", "c", "a"]


async def test_who_says_little_goes_first_within_a_group() -> None:
    """Of two members of a group the one whose last turn is longer ago is served, whoever came first."""
    queue = Queue(FairTurns(1, 1))
    for member in ("loud", "loud", "loud"):
        await queue.want("office", member)
    await queue.want("office", "quiet")
    await queue.go(4)
    assert queue.order == ["loud", "quiet", "loud", "loud"]


async def test_a_group_takes_no_more_than_its_share() -> None:
    """Places stay free for others while a group has its share of them, and all are used when others come."""
    queue = Queue(FairTurns(4, 2))
    for place in range(5):
        await queue.want("crowd", f"c{place}")
    assert queue.order == ["c0", "c1"]
    await queue.want("quiet", "q")
    assert queue.order == ["c0", "c1", "q"]
    await queue.go(6)
    assert sorted(queue.order) == ["c0", "c1", "c2", "c3", "c4", "q"]


async def test_who_goes_away_leaves_no_gap() -> None:
    """Cancelled while waiting, while holding, and in the very moment of being served: every place comes back."""
    queue = Queue(FairTurns(1, 1))
    holding = await queue.want("a", "a0")
    waiting = await queue.want("a", "a1")
    await queue.want("b", "b0")
    waiting.cancel()
    await settle()
    holding.cancel()
    await settle()
    assert queue.order == ["a0", "b0"]
    at_once = await queue.want("c", "c0")
    # Served and cancelled before it could run.
    queue.holding[-1].set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    at_once.cancel()
    await settle()
    await queue.want("d", "d0")
    assert queue.order[-1] == "d0"


async def test_an_error_gives_the_place_back() -> None:
    """A block that fails does not keep its place."""
    turns = FairTurns(1, 1)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"):
            async with turns.place("a", "a"):
                raise ValueError("broken")
