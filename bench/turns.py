"""Time parses and turns of Rasa's own pipeline and of ours side by side, for docs/nlu.md.

Run from the root in the engine's environment, with the system running (`make run`: the actions of both answer there):

    bot/engine/.venv/bin/python -m bench.turns --stock var/stock/stock.tar.gz --ours var/stock/ours.tar.gz [--write]

Both models live in this process. Each conversation is spoken with both, turn by turn in alternation, by Rasa's own
processor and SQLite store for the one, by our turn and our store for the other. Time is the wall's, with the share
spent waiting for the action server told apart, since it is the same for both.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sqlite3
import statistics
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DEV = ROOT.parent / "shared/eval/intents_dev.tsv"
TALK = (
    "你好", "空气炸锅多少钱", "有优惠吗", "谢谢", "你们几点上班", "书桌有货吗", "谢谢你", "我要开发票", "算了", "你好",
    "手机保修多久", "谢谢", "可以货到付款吗", "算了", "电饭煲有什么颜色", "好的谢谢", "你们电话多少", "谢谢", "你好", "谢谢",
)  # fmt: skip
"""Twenty turns: courtesies, and questions that the shop's data answer."""

STAGES = ("take the tracker", "understand", "decide (rules, memory)", "save the tracker")
"""What `staged` counts."""

Spoken = Callable[[str, str], Awaitable[Any]]


@dataclass
class Clock:
    """Seconds that calls of the action server took since it was last read."""

    spent: float = 0.0

    def take(self) -> float:
        """Return and forget what was counted."""
        spent, self.spent = self.spent, 0.0
        return spent


@dataclass
class Figures:
    """Milliseconds of one engine, by kind of measurement."""

    parse: list[float] = field(default_factory=list)
    turns: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    engine: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    stages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def note(self, turn: int, whole: float, acting: float, spent: dict[str, float]) -> None:
        """Take down the seconds of one turn."""
        self.turns[turn].append(1000 * whole)
        self.engine[turn].append(1000 * (whole - acting))
        rest = whole - acting - sum(spent.values())
        for stage in STAGES:
            self.stages[stage].append(1000 * spent.get(stage, 0.0))
        self.stages["call the actions"].append(1000 * acting)
        self.stages["the rest: events, forms, slots"].append(1000 * rest)


def counted(clock: Clock) -> None:
    """Count the time of every call to the action server on a clock."""
    from rasa.utils.endpoints import EndpointConfig

    request = EndpointConfig.request

    async def timed(self: Any, *args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return await request(self, *args, **kwargs)
        finally:
            clock.spent += time.perf_counter() - start

    EndpointConfig.request = timed


def agents(stock: Path, ours: Path, folder: Path) -> tuple[Any, Any]:
    """Load both models, each with its store in SQLite, both with our actions and our phrases."""
    from rasa.core.agent import Agent
    from rasa.core.tracker_store import SQLTrackerStore
    from rasa.shared.core.domain import Domain
    from rasa.utils.endpoints import EndpointConfig

    from bot.engine.dialogue.nlg import PhraseNlg
    from bot.engine.dialogue.store import LiveTrackerStore

    domain = Domain.load(str(ROOT / "domain.yml"))
    actions = EndpointConfig(os.environ["LIYAN_ACTIONS_URL"])

    def load(model: Path, store: Any) -> Any:
        return Agent.load(
            str(model), action_endpoint=actions, generator=PhraseNlg(EndpointConfig()), tracker_store=store
        )

    theirs = SQLTrackerStore(domain, dialect="sqlite", db=str(folder / "stock.db"))
    live = LiveTrackerStore(domain, host=f"sqlite:///{folder / 'ours.db'}")
    return load(stock, theirs), load(ours, live)


def staged(agent: Any) -> dict[str, float]:
    """Count the seconds that the stages of a turn take, until the one who counts clears them."""
    from bot.engine.dialogue.store import unguarded

    spent: dict[str, float] = defaultdict(float)

    def wrap(owner: Any, method: str, stage: str) -> None:
        inner = getattr(owner, method)

        async def later(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return await inner(*args, **kwargs)
            finally:
                spent[stage] += time.perf_counter() - start

        def now(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return inner(*args, **kwargs)
            finally:
                spent[stage] += time.perf_counter() - start

        setattr(owner, method, later if asyncio.iscoroutinefunction(inner) else now)

    store = unguarded(agent.tracker_store)
    wrap(agent.processor, "parse_message", "understand")
    wrap(agent.processor, "predict_next_with_tracker_if_should", "decide (rules, memory)")
    wrap(store, "retrieve", "take the tracker")
    wrap(store, "save", "save the tracker")
    return spent


def known(records: Path, sender: str) -> None:
    """Write a conversation into the records, as the gateway would before it asks the engine."""
    now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(records, timeout=10)) as rows, rows:
        customer = rows.execute("SELECT id FROM customers").fetchone()[0]
        values = (sender, customer, "rest", sender, "bot", now, now)
        names = "id, customer_id, channel, sender, owner, created_at, last_at"
        rows.execute(f"INSERT INTO conversations ({names}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def message(text: str, sender: str) -> Any:
    """Return a customer's message as the gateway would send it."""
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

    metadata = {"received_at": datetime.now(timezone.utc).isoformat(), "channel": "rest", "sender": sender}
    return UserMessage(
        text, CollectingOutputChannel(), sender, input_channel="gateway", message_id=uuid.uuid4().hex, metadata=metadata
    )


async def measure(
    stock: Any, ours: Any, clock: Clock, *, talks: int, texts: list[str], records: Path
) -> dict[str, Figures]:
    """Parse every text and speak the talk with both engines in alternation."""
    from bot.engine.dialogue.runner import planned
    from bot.engine.dialogue.turn import run_turn

    planned(ours.processor)  # as the first turn would
    figures = {"stock": Figures(), "ours": Figures()}
    parses = {"stock": stock.parse_message, "ours": ours.parse_message}
    for place, text in enumerate([*texts[:40], *texts]):
        for name, parse in parses.items():
            start = time.perf_counter()
            await parse(text)
            if place >= 40:
                figures[name].parse.append(1000 * (time.perf_counter() - start))

    async def by_rasa(text: str, sender: str) -> Any:
        return await stock.processor.handle_message(message(text, sender))

    async def by_us(text: str, sender: str) -> Any:
        return await run_turn(ours, message(text, sender))

    speak: dict[str, Spoken] = {"stock": by_rasa, "ours": by_us}
    spent = {"stock": staged(stock), "ours": staged(ours)}
    for talk in range(talks + 1):
        senders = {name: uuid.uuid4().hex for name in speak}
        for sender in senders.values():
            known(records, sender)
        for turn, text in enumerate(TALK, 1):
            for name, say in speak.items():
                clock.take()
                spent[name].clear()
                start = time.perf_counter()
                await say(text, senders[name])
                whole, acting = time.perf_counter() - start, clock.take()
                if talk:  # the first talk warms both up
                    figures[name].note(turn, whole, acting, spent[name])
    return figures


def report(figures: dict[str, Figures]) -> str:
    """Return the table: medians of both and how many times ours is faster."""
    stock, ours = figures["stock"], figures["ours"]

    def every(turns: dict[int, list[float]]) -> list[float]:
        return [ms for found in turns.values() for ms in found]

    rows: list[tuple[str, list[float], list[float]]] = [("parse", stock.parse, ours.parse)]
    for label, turn in (("turn 1", 1), ("turn 20", 20)):
        rows.append((f"{label}, engine alone", stock.engine[turn], ours.engine[turn]))
        rows.append((f"{label}, with the action server", stock.turns[turn], ours.turns[turn]))
    rows.append(("all 20 turns, engine alone", every(stock.engine), every(ours.engine)))
    rows.append(("all 20 turns, with the action server", every(stock.turns), every(ours.turns)))
    lines = ["| | stock: median, p95 ms | ours: median, p95 ms | times faster |", "| --- | --- | --- | --- |"]
    for label, theirs, own in rows:
        one, other = statistics.median(theirs), statistics.median(own)
        lines.append(
            f"| {label} | {one:.1f}, {_late(theirs):.1f} | {other:.1f}, {_late(own):.1f} | {one / other:.1f} |"
        )
    return "\n".join(lines)


def by_stage(figures: dict[str, Figures]) -> str:
    """Return the table of where a turn's time goes, over all turns of the talks."""
    lines = ["| stage of a turn | stock: mean ms | ours: mean ms |", "| --- | --- | --- |"]
    for stage, values in figures["ours"].stages.items():
        lines.append(
            f"| {stage} | {statistics.mean(figures['stock'].stages[stage]):.2f} | {statistics.mean(values):.2f} |"
        )
    return "\n".join(lines)


def _late(values: list[float]) -> float:
    return sorted(values)[int(0.95 * len(values))]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stock", type=Path, required=True, help="model of Rasa's own pipeline")
    parser.add_argument("--ours", type=Path, required=True, help="our model")
    parser.add_argument("--records", type=Path, default=ROOT / "var/liyan.db", help="the running system's SQLite file")
    parser.add_argument("--talks", type=int, default=10, help="conversations with each")
    parser.add_argument("--write", action="store_true", help="write the table into docs/nlu.md")
    options = parser.parse_args()
    from rasa.utils.log_utils import configure_structlog

    logging.getLogger().setLevel(logging.ERROR)
    configure_structlog(logging.ERROR)
    texts = (
        [line.split("\t")[0] for line in DEV.read_text(encoding="utf8").splitlines()[1:]]
        if DEV.exists()
        else list(TALK)
    )
    clock = Clock()
    counted(clock)
    with tempfile.TemporaryDirectory() as folder:
        both = agents(options.stock, options.ours, Path(folder))
        figures = asyncio.run(measure(*both, clock, talks=options.talks, texts=texts, records=options.records))
    tables = {"turns": report(figures), "stages": by_stage(figures)}
    print(*tables.values(), sep="\n\n")
    if options.write:
        from bench.nlu import rewrite

        rewrite(tables)


if __name__ == "__main__":
    main()
