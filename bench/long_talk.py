"""Time a conversation that grows long, and many at once: `python -m bench.long_talk [--postgres URL] [--write]`.

Starts the whole system on records of its own and speaks over the REST webhook, as a program does. The long talk is told
by the ratio of its late turns to its early ones, so that the machine does not matter; the crowd by messages a second.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import Progress

from tests.stack import Stack, running

TALK = (
    "你好", "空气炸锅多少钱", "有优惠吗", "谢谢", "你们几点上班", "书桌有货吗", "谢谢你", "我要开发票", "算了", "你好",
    "手机保修多久", "谢谢", "可以货到付款吗", "算了", "电饭煲有什么颜色", "好的谢谢", "你们电话多少", "谢谢", "你好", "谢谢",
)  # fmt: skip
"""Courtesies, and questions that the shop's data answer; said round after round."""

EARLY, LATE = (20, 60), (200, 1200)
"""Messages between which the early turns are taken, and those at which as many late ones end."""


@dataclass(frozen=True)
class Figures:
    """Milliseconds of a turn by its place, and what a crowd got."""

    early: float
    late: dict[int, float]
    rate: float
    p50: float
    p95: float


class Caller:
    """One sender of the REST webhook."""

    def __init__(self, stack: Stack, http: httpx.AsyncClient, sender: str) -> None:
        self._url = f"{stack.url}/webhooks/rest/webhook"
        self._http, self._sender = http, sender
        self._headers = {"Authorization": f"Bearer {stack.token}"}

    async def say(self, text: str) -> float:
        """Say a sentence, wait for its answer, and return the milliseconds it took."""
        began = time.perf_counter()
        body = {"sender": self._sender, "message": text}
        answer = await self._http.post(self._url, json=body, headers=self._headers)
        answer.raise_for_status()
        return 1000 * (time.perf_counter() - began)


async def measure(stack: Stack, *, clients: int, seconds: float, bar: Progress) -> Figures:
    """Speak one long talk, then many short ones at once."""
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(timeout=60, trust_env=False, limits=limits) as http:
        long = Caller(stack, http, "long")
        task = bar.add_task("long talk", total=LATE[-1])
        times = []
        for number in range(LATE[-1]):
            times.append(await long.say(TALK[number % len(TALK)]))
            bar.advance(task)
        task = bar.add_task("crowd", total=None)
        until = time.perf_counter() + seconds
        crowd = await asyncio.gather(*(_chat(Caller(stack, http, f"c{n}"), until) for n in range(clients)))
    every = sorted(one for times in crowd for one in times)
    width = EARLY[1] - EARLY[0]
    return Figures(
        early=statistics.median(times[EARLY[0] : EARLY[1]]),
        late={place: statistics.median(times[place - width : place]) for place in LATE},
        rate=len(every) / seconds,
        p50=every[len(every) // 2],
        p95=every[int(len(every) * 0.95)],
    )


async def _chat(caller: Caller, until: float) -> list[float]:
    times = []
    while time.perf_counter() < until:
        times.append(await caller.say(TALK[len(times) % len(TALK)]))
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", help="asynchronous URL of an empty PostgreSQL database, measured too")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=20)
    chosen = parser.parse_args()
    console = Console()
    kinds = {"SQLite": {}} | ({"PostgreSQL": {"LIYAN_DATABASE_URL": chosen.postgres}} if chosen.postgres else {})
    for name, more in kinds.items():
        with tempfile.TemporaryDirectory() as folder, running(Path(folder), **more) as stack, Progress() as bar:
            found = asyncio.run(measure(stack, clients=chosen.clients, seconds=chosen.seconds, bar=bar))
        console.print(name, found)


if __name__ == "__main__":
    main()
