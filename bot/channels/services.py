"""The parts of one running gateway, made once and handed to the routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from bot.channels.rate_limits import Lines, Window
from bot.channels.web.visitor_tokens import Origins, Visitors, signing_key
from bot.chat.conversation_watch import ConversationWatch
from bot.chat.engine_client import EngineClient
from bot.chat.events import Bus, LocalBus
from bot.chat.outbound import Wire
from bot.chat.personal_data import public_of
from bot.chat.phrase_reload import Reloader
from bot.chat.phrases_in_force import Words
from bot.chat.redis_events import RedisBus
from bot.chat.speaker import Speech
from bot.chat.staff import StaffChat
from bot.chat.turns import Patience, Turns
from bot.desk.database import Database
from bot.desk.phrases.feed import Feed
from bot.desk.shop.profile import shop_profile
from bot.settings import Settings

MESSAGES = 20
"""Sentences a visitor may send in `SECONDS`."""
SECONDS = 10
FRAMES = 120
"""Frames of any kind in `SECONDS`, before the line is cut."""
LINES = 16
"""Pages of one visitor that may be open at the same time."""


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


@dataclass
class House:
    """Everything a route may need."""

    settings: Settings
    database: Database
    words: Words
    speech: Speech
    engine: EngineClient
    bus: Bus
    turns: Turns
    reloader: Reloader
    staff: StaffChat
    watch: ConversationWatch
    visitors: Visitors
    origins: Origins
    messages: Window
    frames: Window
    lines: Lines
    clock: Callable[[], datetime] = utc_now

    async def start(self) -> None:
        """Begin to work: take up what was left unanswered."""
        await self.bus.start()
        # Before the first sentence: what was retired in the running system must not be said from the files.
        await self.reloader.start()
        await self.turns.start()
        await self.watch.start()

    async def stop(self) -> None:
        """Stop in order: the work, then what it needs."""
        await self.watch.stop()
        await self.turns.stop()
        await self.reloader.stop()
        await self.bus.stop()
        await self.engine.close()
        await self.database.close()


def build(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    patience: Patience | None = None,
    words: Words | None = None,
) -> House:
    """Make the parts; nothing connects before `start`.

    Args:
        clock: the present moment; with `patience` and `words` a seam for tests.

    Raises:
        BadBook: a file of the phrasebook is wrong.
        WordsMissingError: a phrase that the gateway itself says is missing or not approved.
    """
    database = Database(settings.database)
    engine = EngineClient(settings)
    bus: Bus = RedisBus(settings.redis_url) if settings.redis_url else LocalBus()
    profile = shop_profile(pack=settings.pack_folder)
    book = words or Words(settings.phrasebook, public_of(settings.pack_folder), shop=settings.shop_phrases)
    speech = Speech(Wire(book), shop=profile.name)
    return House(
        settings=settings,
        database=database,
        words=book,
        speech=speech,
        engine=engine,
        bus=bus,
        turns=Turns(database=database, engine=engine, speech=speech, bus=bus, clock=clock, patience=patience),
        reloader=Reloader(book, Feed(database), clock=clock),
        staff=StaffChat(database=database, speech=speech, words=book, bus=bus, clock=clock),
        watch=ConversationWatch(database=database, bus=bus, silence=settings.silence, clock=clock),
        visitors=Visitors(signing_key(settings)),
        origins=Origins(settings.embedding),
        messages=Window(MESSAGES, SECONDS),
        frames=Window(FRAMES, SECONDS),
        lines=Lines(LINES),
        clock=clock,
    )


def house_of(connection: HTTPConnection) -> House:
    """Return the parts of the application that serves a request."""
    app = cast(FastAPI, connection.app)
    return cast(House, app.state.house)
