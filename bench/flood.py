"""Flood the running system from one address and time another visitor's answers: `python -m bench.flood [--write]`.

The whole system is started on records that are thrown away, behind a proxy that the bench plays, so that the flood and
the visitor have different addresses (and, for comparison, the same one). A visitor says a sentence every 0.6 s and waits
for its answer: first alone, then while 30 visitors of one address say 50 sentences a second for a minute, then alone
again. Everything stays on loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import statistics
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # ships no types
import httpx
import websockets
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.engine import make_url

from bot.settings import ROOT
from tests.stack import Stack, running

POSTGRES = os.environ.get("LIYAN_TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432/test")
FLOOD, VISITOR = "198.51.100.7", "203.0.113.5"
SENTENCES = ("你好", "你们几点上班", "空气炸锅多少钱", "谢谢", "可以开发票吗", "有优惠吗")
PACE = 0.6
"""Seconds between two sentences of the visitor: a visitor may say 20 in 10 s."""
SESSIONS = 1288
START, END = "<!-- flood -->", "<!-- /flood -->"


@dataclass
class Page:
    """An open chat of a visitor at an address, and what came in it."""

    socket: websockets.ClientConnection
    answers: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    frames: Counter[str] = field(default_factory=Counter)
    _count: Iterator[int] = field(default_factory=itertools.count)

    async def listen(self) -> None:
        """Take what comes until the page is closed."""
        with contextlib.suppress(websockets.ConnectionClosed):
            async for raw in self.socket:
                frame = json.loads(raw)
                self.frames[frame["type"]] += 1
                if frame["type"] == "message" and frame["message"]["from"] == "bot":
                    self.answers.put_nowait(frame["message"]["phrase"])

    async def say(self, text: str) -> None:
        """Send a sentence."""
        await self.socket.send(json.dumps({"type": "message", "client_id": f"c{next(self._count)}", "text": text}))

    async def ask(self, text: str) -> float:
        """Send a sentence and return the seconds until the bot's first sentence."""
        while not self.answers.empty():
            self.answers.get_nowait()
        begun = time.perf_counter()
        await self.say(text)
        await asyncio.wait_for(self.answers.get(), 30)
        return time.perf_counter() - begun


@dataclass
class Result:
    """What one database and one place of the visitor came to."""

    name: str
    quiet: list[float]
    flooded: list[float]
    after: list[float]
    flood: Counter[str]
    sessions: int

    @property
    def ratio(self) -> float:
        """Return how many times as long the visitor's p95 is under the flood."""
        return p95(self.flooded) / p95(self.quiet + self.after)


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


@contextlib.asynccontextmanager
async def page(stack: Stack, address: str) -> AsyncIterator[Page]:
    """Open the chat as a new visitor of an address."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{stack.url}/api/session", json={}, headers={"X-Forwarded-For": address})
        answer.raise_for_status()
    headers = {"X-Forwarded-For": address, "Cookie": f"liyan_visitor={answer.cookies['liyan_visitor']}"}
    url = f"{stack.url.replace('http', 'ws')}/ws/chat"
    origin = websockets.Origin(stack.url)
    async with websockets.connect(url, additional_headers=headers, origin=origin, proxy=None) as socket:
        await socket.send(json.dumps({"type": "hello"}))
        opened = Page(socket)
        task = asyncio.create_task(opened.listen())
        try:
            yield opened
        finally:
            task.cancel()


async def visit(visitor: Page, seconds: float, progress: Progress, what: str) -> list[float]:
    """Ask at the visitor's pace and return how long each answer took."""
    bar = progress.add_task(what, total=seconds)
    begun = time.perf_counter()
    took = []
    for number, text in enumerate(itertools.cycle(SENTENCES)):
        await asyncio.sleep(max(0.0, begun + number * PACE - time.perf_counter()))
        if time.perf_counter() - begun >= seconds:
            break
        took.append(await visitor.ask(text))
        progress.update(bar, completed=time.perf_counter() - begun)
    progress.update(bar, completed=seconds)
    return took


async def flood(crowd: list[Page], rate: float) -> None:
    """Let the crowd say so many sentences a second, by turns, until cancelled."""
    begun = time.perf_counter()
    for number, (speaker, text) in enumerate(zip(itertools.cycle(crowd), itertools.cycle(SENTENCES), strict=False)):
        await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
        await speaker.say(text)


async def grab_sessions(stack: Stack, seconds: float = 10) -> int:
    """Ask for sessions from one address as fast as it goes, at the most `SESSIONS`, and return how many were given."""
    given = 0
    deadline = time.perf_counter() + seconds
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(SESSIONS):
            if time.perf_counter() > deadline:
                break
            answer = await client.post(f"{stack.url}/api/session", json={}, headers={"X-Forwarded-For": "192.0.2.9"})
            given += answer.status_code == 200
            client.cookies.clear()
    return given


async def measure(stack: Stack, name: str, *, address: str, options: argparse.Namespace, progress: Progress) -> Result:
    """Time a visitor of an address alone, under the flood, and alone again."""
    async with contextlib.AsyncExitStack() as pages:
        visitor = await pages.enter_async_context(page(stack, address))
        await visit(visitor, 6, progress, f"{name}: warming up")
        quiet = await visit(visitor, options.seconds / 2, progress, f"{name}: alone")
        crowd = [await pages.enter_async_context(page(stack, FLOOD)) for _ in range(options.cookies)]
        task = asyncio.create_task(flood(crowd, options.rate))
        flooded = await visit(visitor, options.seconds, progress, f"{name}: flood")
        task.cancel()
        total = sum((speaker.frames for speaker in crowd), Counter())
        await asyncio.sleep(10)  # what was taken from the crowd is answered
        after = await visit(visitor, options.seconds / 2, progress, f"{name}: alone again")
    return Result(name, quiet, flooded, after, total, await grab_sessions(stack))


@contextlib.asynccontextmanager
async def records(kind: str) -> AsyncIterator[dict[str, str]]:
    """Yield the setting of a database that is thrown away."""
    if kind == "SQLite":
        yield {}
        return
    server = make_url(POSTGRES)
    name = f"liyan_flood_{uuid.uuid4().hex[:8]}"
    connection = await asyncpg.connect(
        host=server.host, port=server.port, user=server.username, password=server.password, database=server.database
    )
    try:
        await connection.execute(f"CREATE DATABASE {name}")
        url = server.set(database=name).render_as_string(hide_password=False)
        yield {"LIYAN_DATABASE_URL": url}
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


def table(results: list[Result], options: argparse.Namespace) -> str:
    """Return the section of docs/reliability.md."""
    lines = [
        START,
        "## A flood from one address",
        "",
        f"`.venv/bin/python -m bench.flood --write`, {datetime.now():%Y-%m-%d}, two shared cores: {options.cookies} visitors of "
        f"one address say {options.rate:g} sentences a second for {options.seconds:g} s; another visitor says one every "
        f"{PACE} s. Milliseconds from the sentence to the bot's answer. Alone is before and after the flood, in the same run.",
        "",
        "| records, place of the visitor | alone p50 | alone p95 | flood p50 | flood p95 | flood / alone p95 | taken of the flood | refused | "
        f"sessions given of {SESSIONS:,} asked for in 10 s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        alone = result.quiet + result.after
        figures = [
            f"{1000 * value:.0f}"
            for value in (statistics.median(alone), p95(alone), statistics.median(result.flooded), p95(result.flooded))
        ]
        counts = [f"{result.flood['ack']:,}", f"{result.flood['refused']:,}", str(result.sessions)]
        lines.append(f"| {result.name} | {' | '.join(figures)} | **{result.ratio:.1f}** | {' | '.join(counts)} |")
    return "\n".join([*lines, END, ""])


def written(text: str, section: str) -> str:
    """Return a page with the section in its place."""
    if START not in text:
        return f"{text.rstrip()}\n\n{section}"
    head, _, rest = text.partition(START)
    return head + section.rstrip() + rest.partition(END)[2]


async def main() -> int:
    """Measure and print, or write into docs/reliability.md; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="length of the flood")
    parser.add_argument("--rate", type=float, default=50, help="sentences of the flood in a second")
    parser.add_argument("--cookies", type=int, default=30, help="visitors of the flooding address")
    parser.add_argument("--records", choices=("SQLite", "PostgreSQL"), action="append", help="both unless named")
    parser.add_argument("--write", action="store_true", help="write the table into docs/reliability.md")
    options = parser.parse_args()
    results = []
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress:
        for kind in options.records or ("SQLite", "PostgreSQL"):
            for place, address in (("another address", VISITOR), ("the same address", FLOOD)):
                async with records(kind) as database:
                    with (
                        tempfile.TemporaryDirectory(prefix="liyan-flood-") as var,
                        running(Path(var), LIYAN_TRUSTED_PROXIES="127.0.0.1", **database) as stack,
                    ):
                        name = f"{kind}, {place}"
                        results.append(await measure(stack, name, address=address, options=options, progress=progress))
    section = table(results, options)
    print(section)
    if options.write:
        path = ROOT / "docs" / "reliability.md"
        before = path.read_text(encoding="utf-8") if path.exists() else "# Reliability\n"
        path.write_text(written(before, section), encoding="utf-8")
    return 0 if all(result.ratio <= 2 for result in results if "another" in result.name) else 1


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
