"""The parts of a running conversation service, made once and handed to whoever needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.chat.delivery.channel import Channel, Channels
from bot.chat.delivery.outbox import PAUSES, OutboxWorker
from bot.chat.events.conversation_watch import ConversationWatch
from bot.chat.events.events import EventBus, LocalEvents
from bot.chat.events.redis_events import RedisEvents
from bot.chat.speech.outbound import Outbound
from bot.chat.speech.personal_data import shop_public_data
from bot.chat.speech.phrase_reload import PhraseReloader
from bot.chat.speech.phrases_in_force import PhrasesInForce
from bot.chat.speech.speaker import Speaker
from bot.chat.staff.takeover import StaffChat
from bot.chat.turns.engine_client import EngineClient
from bot.chat.turns.retry_policy import RetryPolicy
from bot.chat.turns.turns import Turns
from bot.desk.database import Database
from bot.desk.phrases.feed import RevisionFeed
from bot.desk.shop.profile import shop_profile
from bot.settings import Settings


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


@dataclass
class Services:
    """Everything that serves conversations, whatever channel they come by."""

    settings: Settings
    database: Database
    channels: Channels
    phrases: PhrasesInForce
    speaker: Speaker
    engine: EngineClient
    events: EventBus
    turns: Turns
    outbox_worker: OutboxWorker
    phrase_reloader: PhraseReloader
    staff: StaffChat
    watch: ConversationWatch
    clock: Callable[[], datetime] = utc_now

    async def start(self) -> None:
        """Begin to work: take up what was left unanswered."""
        await self.events.start()
        # Before the first sentence: what was retired in the running system must not be said from the files.
        await self.phrase_reloader.start()
        await self.outbox_worker.start()
        await self.turns.start()
        await self.watch.start()

    async def stop(self) -> None:
        """Stop in order: the work, then what it needs."""
        await self.watch.stop()
        await self.turns.stop()
        await self.outbox_worker.stop()
        await self.phrase_reloader.stop()
        await self.events.stop()
        await self.engine.close()
        await self.database.close()


def build_services(
    settings: Settings,
    channels: Iterable[Channel],
    *,
    clock: Callable[[], datetime] = utc_now,
    retry: RetryPolicy | None = None,
    phrases: PhrasesInForce | None = None,
) -> Services:
    """Make the parts; nothing connects before `start`.

    Args:
        clock: the present moment; a seam for tests, as `retry` (of turns and of the outbox) and `phrases` are.

    Raises:
        InvalidFilesError: a file of the phrasebook is wrong.
        PhraseMissingError: a phrase that the gateway itself says is missing or not approved.
        ValueError: two channels have the same name.
    """
    known = Channels(channels)
    database = Database(settings.database)
    engine = EngineClient(settings)
    events: EventBus = RedisEvents(settings.redis_url) if settings.redis_url else LocalEvents()
    public = shop_public_data(settings.pack_folder)
    in_force = phrases or PhrasesInForce(settings.phrasebook, public, shop=settings.shop_phrases)
    profile = shop_profile(pack=settings.pack_folder)
    speaker = Speaker(Outbound(in_force), known, shop=profile.name)
    turns = Turns(
        database=database, engine=engine, speaker=speaker, channels=known, events=events, clock=clock, retry=retry
    )
    return Services(
        settings=settings,
        database=database,
        channels=known,
        phrases=in_force,
        speaker=speaker,
        engine=engine,
        events=events,
        turns=turns,
        outbox_worker=OutboxWorker(
            database=database, channels=known, events=events, clock=clock, retry=retry or PAUSES
        ),
        phrase_reloader=PhraseReloader(in_force, RevisionFeed(database), clock=clock),
        staff=StaffChat(database=database, speaker=speaker, phrases=in_force, events=events, clock=clock),
        watch=ConversationWatch(database=database, events=events, silence=settings.silence, clock=clock),
        clock=clock,
    )
