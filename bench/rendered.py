"""Say a great many bot messages and look for one that should not have left: `python -m bench.rendered [COUNT] [--write]`.

Conversations on random channels are spoken by the real wire over a database in memory: phrases of all scenes, their
blanks filled with what customers type (names, addresses, emoji, half a sentence) and, in a few, with what must not get
out (forbidden words, markup, strangers' numbers). Every sentence is judged again, by a filter compiled anew.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.conversations import Spoken
from bot.desk.database import Database
from bot.desk.models import Base, Conversation, Customer, Message
from bot.gateway.engine_client import Bubble, BubbleButton
from bot.gateway.own import Own, own_of, public_of
from bot.gateway.wire import Wire
from bot.gateway.words import Words
from bot.settings import ROOT, Settings
from phrasebook.book import Phrase
from phrasebook.check import Checker, load_checker
from phrasebook.choose import ensure_sendable
from phrasebook.errors import PhrasebookError
from phrasebook.forbid import load_lists
from phrasebook.render import ensure_fits

CHANNELS = ("web", "rest", "wechat", "wecom")
TURNS = 30
"""Sentences of one conversation, of a few phrases each, so that every variant's turn comes round."""
HOSTILE = 0.03
"""Share of values that must not get out."""
START = "<!-- rendered -->"
END = "<!-- /rendered -->"


@dataclass
class Tally:
    """What was said and what was wrong with it."""

    said: int = 0
    seconds: float = 0.0
    held_back: int = 0
    faults: list[str] = field(default_factory=list)
    scenes: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    variants: set[tuple[str, int]] = field(default_factory=set)


class Customers:
    """Make up what customers type.

    Args:
        chance: decides everything; the same seed says the same.
        forbidden: entries of the lists.
    """

    def __init__(self, chance: random.Random, forbidden: list[str]) -> None:
        """Keep the dice."""
        self._chance = chance
        self._forbidden = forbidden
        self.phone = f"1{chance.choice('3578')}{chance.randrange(10**9):09d}"
        self.address = f"浙江省杭州市西湖区礼言路{chance.randrange(1, 999)}号{chance.randrange(1, 9)}单元{chance.randrange(101, 2805)}室"
        self.name = chance.choice("王李张刘陈杨赵黄周吴") + chance.choice(["芳", "伟", "小明", "女士", "先生", "建国"])

    def values(self, phrase: Phrase) -> dict[str, Any]:
        """Fill the blanks of a phrase."""
        return {name: self._value(variable.type, variable.sample) for name, variable in phrase.variables.items()}

    def _value(self, kind: str, sample: str) -> Any:
        chance = self._chance
        if kind in ("text", "steps", "person", "address") and chance.random() < HOSTILE:
            return self._hostile()
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(10**6))
        made: dict[str, Any] = {
            "date_time": now.isoformat(),
            "date": now.date().isoformat(),
            "time": f"{now:%H:%M}",
            "money": f"{chance.randrange(10**7) / 100:.2f}",
            "integer": chance.randrange(1000),
            "percent": chance.randrange(100),
            "phone": self.phone,
            "ticket": f"T{now:%y%m%d}-{chance.randrange(10**5):05d}",
            "order": f"{now:%y%m%d}{chance.randrange(10**6):06d}",
            "person": self.name,
            "address": self.address,
            "url": f"https://shop.example/{chance.randrange(10**6)}",
        }
        if kind in made:
            return made[kind]
        return [self._text(sample) for _ in range(3)] if kind == "steps" else self._text(sample)

    def _text(self, sample: str) -> str:
        chance = self._chance
        kinds = (
            sample,
            sample + chance.choice(["，谢谢", "！！", " ok", "😊", "（黑色）", "…"]),
            "".join(chance.sample(sample, len(sample)))
            if len(sample) < 6
            else sample[: chance.randrange(1, len(sample))],
            "".join(
                chr(chance.choice([chance.randrange(0x20, 0x7F), chance.randrange(0x4E00, 0x9FA6)])) for _ in range(8)
            ),
        )
        return chance.choices(kinds, weights=(60, 25, 10, 5))[0]

    def _hostile(self) -> str:
        chance = self._chance
        words = chance.choice(self._forbidden)
        return chance.choice(
            [
                words,
                f"他说{words}",
                " ".join(words),
                f"<script>alert('{words}')</script>",
                f"请打1{chance.choice('3578')}{chance.randrange(10**9):09d}",
                "{product}{phone}{{0}}",
                "\u202e\u200b\x00" + words,
                "字" * 3000,
            ]
        )


class Trial:
    """Speak conversations and judge what left."""

    def __init__(self, seed: int = 1) -> None:
        """Load the shipped words twice: for the wire, and for the judge."""
        settings = Settings(_env_file=None)
        public = public_of(settings.pack_folder)
        self.chance = random.Random(seed)
        self.words = Words(ROOT / "phrasebook", public)
        self.judge: Checker = load_checker(ROOT / "phrasebook" / "forbidden", public)
        self.forbidden = [entry.text for entry in load_lists(ROOT / "phrasebook" / "forbidden").entries]
        self.phrases = [phrase for phrase in self.words.book if phrase.scene != "button"]
        self.buttons = [phrase for phrase in self.words.book.scene("button") if not phrase.variables]
        self.tally = Tally()

    async def conversation(self, session: AsyncSession) -> int:
        """Speak one conversation and return how many sentences it had; the caller forgets it."""
        customer = Customers(self.chance, self.forbidden)
        now = datetime.now(UTC)
        talk = Conversation(
            id=uuid.UUID(int=self.chance.getrandbits(128)).hex, customer_id="c", channel=self.chance.choice(CHANNELS)
        )
        talk.sender, talk.created_at, talk.last_at = "a", now, now
        told = f"我是{customer.name}，电话{customer.phone}，地址{customer.address}"
        session.add(Customer(id="c", channel=talk.channel, sender="a", created_at=now))
        await session.flush()
        session.add(talk)
        await session.flush()
        session.add(
            Message(
                id="m",
                conversation_id=talk.id,
                seq=1,
                direction="in",
                author="customer",
                text=told,
                at=now,
                state="answered",
            )
        )
        await session.flush()
        some = self.chance.sample(self.phrases, 6)
        bubbles = [self._bubble(self.chance.choice(some), customer) for _ in range(TURNS)]
        spoken = await Wire(self.words).compose(session, talk, bubbles, now=now, previous="")
        self._look(talk.channel, spoken, told, now)
        return len(spoken)

    def _bubble(self, phrase: Phrase, customer: Customers) -> Bubble:
        titles = self.chance.sample(self.buttons, self.chance.choice((0, 0, 2, 3)))
        buttons = [BubbleButton(title_phrase=title.id, payload="/x") for title in titles]
        return Bubble(phrase=phrase.id, variables=customer.values(phrase), buttons=buttons)

    def _look(self, channel: str, spoken: list[Spoken], told: str, now: datetime) -> None:
        previous = ""
        said: dict[str, list[int]] = {}
        gave_way: set[str] = set()
        for one in spoken:
            self.tally.said += 1
            self.tally.channels[channel] += 1
            self.tally.scenes[one.phrase.partition(".")[0]] += 1
            self.tally.variants.add((one.phrase, one.variant))
            phrase = self._approved(one, channel, now)
            self._clean(one, previous, told)
            replaced = one.verdict.get("replaced")
            if replaced:
                self.tally.held_back += 1
                gave_way.add(replaced["phrase"])
            if phrase is not None:
                self._fresh(one, phrase, said.setdefault(one.phrase, []), one.phrase in gave_way)
            previous = one.text

    def _approved(self, one: Spoken, channel: str, now: datetime) -> Phrase | None:
        try:
            phrase = self.words.book.get(one.phrase)
            ensure_sendable(phrase, now)
            ensure_fits(phrase, one.text, channel)
        except PhrasebookError as error:
            self.tally.faults.append(f"unapproved: {one.phrase}: {error}")
            return None
        if phrase.version != one.version:
            self.tally.faults.append(
                f"unapproved: {one.phrase} said as version {one.version}, in force is {phrase.version}"
            )
        return phrase

    def _clean(self, one: Spoken, previous: str, told: str) -> None:
        titles = tuple(button["title"] for button in one.buttons)
        verdict = self.judge.check(one.text, direction="bot", own=Own(), previous=previous, buttons=titles)
        if verdict.verdict in ("block", "mask"):
            own = own_of([told], one.variables.values())
            # A safe phrase may stand beside what only together with it would be forbidden.
            joined = previous if not one.verdict.get("replaced") else ""
            verdict = self.judge.check(one.text, direction="bot", own=own, previous=joined, buttons=titles)
        for hit in verdict.hits:
            if hit.level in ("block", "mask"):
                self.tally.faults.append(f"forbidden: {one.phrase}: {hit.kind} {hit.entry} ({hit.how})")
        if "<" in one.text or ">" in one.text or any(ord(char) < 32 and char != "\n" for char in one.text):
            self.tally.faults.append(f"markup: {one.phrase}")

    def _fresh(self, one: Spoken, phrase: Phrase, said: list[int], gave_way: bool) -> None:
        """No variant comes again before the others were said, but where one was blocked by what a customer typed."""
        rest = set(range(len(phrase.variants))) - {*said[-(len(said) % len(phrase.variants)) :]} if said else set()
        if said and len(said) % len(phrase.variants) and one.variant not in rest and not gave_way:
            self.tally.faults.append(f"repeated early: {one.phrase} variant {one.variant} after {said}")
        said.append(one.variant)


async def run(count: int, *, seed: int = 1, bar: Progress | None = None) -> Tally:
    """Say so many messages and return what was found."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    trial = Trial(seed)
    database = Database("sqlite+aiosqlite:///:memory:")
    task = bar.add_task("said", total=count) if bar else None
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        began = time.monotonic()
        while trial.tally.said < count:
            async with database.session() as session:
                said = await trial.conversation(session)
                await session.rollback()
            if bar is not None and task is not None:
                bar.update(task, advance=said)
        trial.tally.seconds = time.monotonic() - began
    finally:
        await database.close()
        structlog.reset_defaults()
    return trial.tally


def report(tally: Tally) -> str:
    """Return the result as lines for people."""
    kinds = Counter(fault.partition(":")[0] for fault in tally.faults)
    return "\n".join(
        [
            "| | |",
            "|---|---|",
            f"| messages said by the wire | {tally.said:,} |",
            f"| scenes, phrases × variants, channels | {len(tally.scenes)}, {len(tally.variants):,}, {len(tally.channels)} |",
            f"| values that must not get out (share of what customers type) | {HOSTILE:.0%} |",
            f"| sentences held back and replaced by a safe phrase | {tally.held_back:,} |",
            f"| unapproved | {kinds['unapproved']} |",
            f"| with a forbidden hit, judged again | {kinds['forbidden']} |",
            f"| with markup or control characters | {kinds['markup']} |",
            f"| a variant repeated before the others were said | {kinds['repeated early']} |",
            f"| time | {tally.seconds:,.0f} s, {tally.said / tally.seconds:,.0f} messages a second on one core |",
        ]
    )


def write(text: str, path: Path) -> None:
    """Put the result into the page, in the place of the last one."""
    page = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    section = f"{START}\n## What leaves: rendered messages\n\n`python -m bench.rendered 1000000 --write`, {datetime.now(UTC):%Y-%m-%d}.\n\n{text}\n{END}"
    if START in page and END in page:
        before, _, rest = page.partition(START)
        page = before + section + rest.partition(END)[2]
    else:
        page = f"{page.rstrip()}\n\n{section}\n"
    path.write_text(page, encoding="utf-8")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the result into docs/benchmarks.md")
    given = parser.parse_args()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        tally = asyncio.run(run(given.count, seed=given.seed, bar=bar))
    print(report(tally))
    for fault in tally.faults[:50]:
        print(fault)
    if given.write:
        write(report(tally), ROOT / "docs" / "benchmarks.md")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
