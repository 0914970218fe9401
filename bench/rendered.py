"""Say a great many bot messages and look for one that should not have left: `python -m bench.rendered [--write]`.

Conversations on random channels are spoken by the real `Outbound` over a database that is thrown away: phrases of all scenes,
their blanks filled with what customers type (names, addresses, emoji, half a sentence) and, in a few, with what must
not get out (forbidden words, markup, strangers' numbers). Every sentence is judged again, by a filter compiled anew.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import structlog
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.customers import HOSTILE, MadeUpText
from bot.chat.speech.outbound import Outbound
from bot.chat.speech.personal_data import personal_data_in, shop_public_data
from bot.chat.speech.phrases_in_force import PhrasesInForce
from bot.chat.turns.engine_client import Bubble, BubbleButton
from bot.desk.conversations.messages import RenderedBubble
from bot.desk.database import Database
from bot.desk.models import Base, Conversation, Customer, Message
from bot.desk.phrases.in_force import Revision
from bot.desk.sessions import WriteSession
from bot.settings import ROOT, Settings
from phrasebook.book.book import CHANNEL_LIMITS, Phrase
from phrasebook.book.choose import ensure_sendable
from phrasebook.book.render import ensure_fits, render
from phrasebook.errors import PhrasebookError
from phrasebook.filter.check import Checker, load_checker
from phrasebook.filter.forbidden_lists import load_lists
from phrasebook.filter.personal_data import PersonalData

CHANNELS = tuple(CHANNEL_LIMITS)
TURNS = 60
"""Sentences of one conversation, of a few phrases each, so that every variant's turn comes round."""
CARE = ("", "", "", "，我七十多岁了", "，我腿脚不方便", "，我怀孕了")
"""What some customers tell of themselves."""
UNAPPROVED = 0.02
"""Share of wishes for a phrase that is a draft, reviewed, to come, retired, or not there at all."""
START = "<!-- rendered -->"
END = "<!-- /rendered -->"


@dataclass
class Tally:
    """What was said and what was wrong with it."""

    said: int = 0
    seconds: float = 0.0
    held_back: int = 0
    gave_way: int = 0
    faults: list[str] = field(default_factory=list)
    scenes: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    variants: set[tuple[str, int]] = field(default_factory=set)


class RandomTalks:
    """Speak conversations and judge what left."""

    def __init__(self, seed: int = 1) -> None:
        settings = Settings(_env_file=None)
        public = shop_public_data(settings.pack_folder)
        self.chance = random.Random(seed)
        self.words = PhrasesInForce(ROOT / "phrasebook", public, shop=settings.shop_phrases)
        self.judge: Checker = load_checker(ROOT / "phrasebook" / "forbidden", public)
        self.forbidden = [entry.text for entry in load_lists(ROOT / "phrasebook" / "forbidden").entries]
        self.unapproved = self._add_unapproved()
        # What stands in for another phrase is said in its place, when the customer tells to want care.
        self.phrases = [p for p in self.words.book if p.scene not in ("button", "trial") and not p.instead_of]
        self.buttons = [phrase for phrase in self.words.book.scene("button") if not phrase.variables]
        self.tally = Tally()

    def _add_unapproved(self) -> list[str]:
        """Lay phrases over the book that may not be said, as a running system holds them."""
        now = datetime.now(UTC)
        some = self.words.book.get("social.greet") if "social.greet" in self.words.book else next(iter(self.words.book))
        made = [
            Revision(replace(some, id=f"trial.{state}", scene="trial", state=state), now)
            for state in ("draft", "reviewed", "retired")
        ]
        expired = replace(some, id="trial.expired", scene="trial", valid_until=now.date() - timedelta(days=2))
        made += [
            Revision(expired, now),
            Revision(
                replace(some, id="trial.to_come", scene="trial", state="scheduled", valid_from=date(2999, 1, 1)), now
            ),
        ]
        self.words.refresh(made, now)
        return [*(revision.phrase.id for revision in made), "trial.nowhere"]

    async def conversation(self, session: WriteSession) -> int:
        """Speak one conversation and return how many sentences it had; the caller forgets it."""
        customer = MadeUpText(self.chance, self.forbidden)
        now = datetime.now(UTC)
        talk = Conversation(
            id=uuid.UUID(int=self.chance.getrandbits(128)).hex, customer_id="c", channel=self.chance.choice(CHANNELS)
        )
        talk.sender, talk.created_at, talk.last_at = "a", now, now
        told = f"我是{customer.name}，电话{customer.phone}，地址{customer.address}{self.chance.choice(CARE)}"
        session.add(Customer(id="c", channel=talk.channel, sender="a", created_at=now))
        await session.flush()
        session.add(talk)
        await session.flush()
        session.add(
            Message(
                id="m",
                conversation_id=talk.id,
                customer_id="c",
                seq=1,
                direction="in",
                author="customer",
                text=told,
                at=now,
                state="answered",
            )
        )
        await session.flush()
        some = self.chance.sample(self.phrases, 8)
        bubbles = [self._bubble(self.chance.choice(some), customer) for _ in range(TURNS)]
        spoken = await Outbound(self.words).compose(session, talk, bubbles, now=now, previous="")
        self._look(talk.channel, spoken, told, now)
        return len(spoken)

    def _bubble(self, phrase: Phrase, customer: MadeUpText) -> Bubble:
        titles = self.chance.sample(self.buttons, self.chance.choice((0, 0, 2, 3)))
        buttons = [BubbleButton(title_phrase=title.id, payload="/x") for title in titles]
        if self.chance.random() < UNAPPROVED:
            return Bubble(phrase=self.chance.choice(self.unapproved), buttons=buttons)
        return Bubble(phrase=phrase.id, variables=customer.values(phrase), buttons=buttons)

    def _look(self, channel: str, spoken: list[RenderedBubble], told: str, now: datetime) -> None:
        previous = ""
        said: dict[str, list[int]] = {}
        for one in spoken:
            self.tally.said += 1
            self.tally.channels[channel] += 1
            self.tally.scenes[one.phrase.partition(".")[0]] += 1
            self.tally.variants.add((one.phrase, one.variant))
            phrase = self._approved(one, channel, now)
            self._clean(one, previous, told)
            if one.verdict.get("replaced"):
                self.tally.held_back += 1
            if phrase is not None:
                self._fresh(one, phrase, said.setdefault(one.phrase, []), previous, told)
            previous = one.text

    def _approved(self, one: RenderedBubble, channel: str, now: datetime) -> Phrase | None:
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

    def _clean(self, one: RenderedBubble, previous: str, told: str) -> None:
        # A safe phrase may stand beside what only together with it would be forbidden.
        joined = "" if one.verdict.get("replaced") else previous
        for rule in self._rules(one.text, one, joined, told):
            self.tally.faults.append(f"forbidden: {one.phrase}: {rule}")
        if "<" in one.text or ">" in one.text or any(ord(char) < 32 and char != "\n" for char in one.text):
            self.tally.faults.append(f"markup: {one.phrase}")

    def _rules(self, text: str, one: RenderedBubble, previous: str, told: str) -> list[str]:
        """Return the rules that keep a text from leaving, by a filter of its own."""
        titles = tuple(button["title"] for button in one.buttons)
        verdict = self.judge.check(text, direction="bot", own=PersonalData(), previous=previous, buttons=titles)
        if verdict.verdict in ("block", "mask"):
            own = personal_data_in([told], one.variables.values())
            verdict = self.judge.check(text, direction="bot", own=own, previous=previous, buttons=titles)
        return [f"{hit.kind} {hit.entry} ({hit.how})" for hit in verdict.hits if hit.level in ("block", "mask")]

    def _fresh(self, one: RenderedBubble, phrase: Phrase, said: list[int], previous: str, told: str) -> None:
        """The variant said longest ago comes next, but where it may not leave with what a customer typed."""
        last = {variant: turn for turn, variant in enumerate(said)}
        older = [v for v in range(len(phrase.variants)) if last.get(v, -1) < last.get(one.variant, -1)]
        said.append(one.variant)
        for variant in older:
            if self._sayable(one, phrase, variant, previous, told):
                self.tally.faults.append(f"repeated early: {phrase.id} variant {one.variant}, {variant} was next")

    def _sayable(self, one: RenderedBubble, phrase: Phrase, variant: int, previous: str, told: str) -> bool:
        self.tally.gave_way += 1
        guard = self.words.guard(personal_data_in([told], one.variables.values()))
        try:
            text = render(phrase, one.variables, variant=variant, now=datetime.now(UTC), guard=guard)
        except PhrasebookError:
            return False
        return not self._rules(text, one, previous, told)


class _Undo(Exception):  # noqa: N818 - no error: what was said in a conversation is not kept
    """Raised to roll a conversation back."""


async def run(count: int, *, seed: int = 1, bar: Progress | None = None) -> Tally:
    """Say so many messages and return what was found."""
    trial = RandomTalks(seed)
    folder = tempfile.TemporaryDirectory()
    database = Database(f"sqlite+aiosqlite:///{folder.name}/liyan.db")
    task = bar.add_task("said", total=count) if bar else None
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        began = time.monotonic()
        while trial.tally.said < count:
            with contextlib.suppress(_Undo):
                async with database.session() as session:
                    said = await trial.conversation(session)
                    raise _Undo
            if bar is not None and task is not None:
                bar.update(task, advance=said)
        trial.tally.seconds = time.monotonic() - began
    finally:
        await database.close()
        folder.cleanup()
    return trial.tally


def report(tally: Tally) -> str:
    """Return the result as lines for people."""
    kinds = Counter(fault.partition(":")[0] for fault in tally.faults)
    rows = {
        "messages said": f"{tally.said:,}",
        "scenes": str(len(tally.scenes)),
        "sentences of the phrasebook (phrase and variant) that were said": f"{len(tally.variants):,}",
        "channels": ", ".join(sorted(tally.channels)),
        "values that must not get out, of what customers type": f"{HOSTILE:.0%}",
        "wishes for a phrase that is not approved": f"{UNAPPROVED:.0%}",
        "held back, a safe phrase said instead": f"{tally.held_back:,}",
        "one wording held back, another of the same phrase said": f"{tally.gave_way:,}",
        "**unapproved**": f"**{kinds['unapproved']}**",
        "**with a forbidden hit, judged again**": f"**{kinds['forbidden']}**",
        "**with markup or control characters**": f"**{kinds['markup']}**",
        "**a variant said again before its turn**": f"**{kinds['repeated early']}**",
        "time": f"{tally.seconds:,.0f} s, {tally.said / tally.seconds:,.0f} messages a second on one core",
    }
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())])


def write(text: str, path: Path) -> None:
    """Put the result into the page, in the place of the last one."""
    page = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    about = " ".join((__doc__ or "").partition("\n")[2].split())
    head = f"{START}\n## What leaves: rendered messages\n\n`.venv/bin/python -m bench.rendered --write`"
    section = f"{head}, {datetime.now(UTC):%Y-%m-%d}, two shared cores.\n{about}\n\n{text}\n{END}"
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
    # Every sentence held back is logged; here they are counted.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
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
