"""Trackers that stay at hand between the turns of a conversation."""

from __future__ import annotations

import json
from collections import OrderedDict
from itertools import islice
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.dialogue.recent import recent_events

MOST_LIVE = 500


class LiveTrackerStore(SQLTrackerStore):
    """An SQL tracker store that hands out the tracker it saved last instead of replaying it from its events.

    A tracker is taken out for a turn and put back when the turn is saved; one whose turn failed was changed halfway and
    is never put back, so the next turn reads what was saved. One at hand holds the events of its last turns only. How
    many of them are saved is kept with it, so that a save writes the new ones in one statement and asks for nothing.
    Works for one engine process, which is all there is.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Connect to the database.

        Args:
            domain: the model's domain.
            event_broker: unused; Rasa passes it.
            host: the database's URL, from `endpoints.yml`.
            kwargs: further arguments of Rasa's store.
        """
        super().__init__(domain=domain, event_broker=event_broker, host=host, **kwargs)
        self._live: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        self._saved: dict[str, int] = {}
        url = self.engine.url
        self.engine.dispose()
        self.engine = _connect(url)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Take a conversation's tracker out, read from the database when it is not at hand."""
        tracker = self._live.pop(sender_id, None)
        if tracker is None:
            tracker = await super().retrieve(sender_id)
            self._saved[sender_id] = len(tracker.events) if tracker else 0
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the new events and put the tracker back."""
        sender = tracker.sender_id
        if sender in self._saved:
            self._write(sender, list(islice(tracker.events, self._saved[sender], None)))
        else:
            await super().save(tracker)
        # All is saved, and slots, loop and last message stand in the tracker by themselves. Of the events only the last
        # turns are looked at again; with all of them each turn would take longer than the one before.
        tracker.events = recent_events(tracker.events)
        self._live[sender], self._saved[sender] = tracker, len(tracker.events)
        while len(self._live) > MOST_LIVE:
            forgotten, _ = self._live.popitem(last=False)
            del self._saved[forgotten]

    def _write(self, sender: str, events: list[Event]) -> None:
        rows = [_row(sender, event) for event in events]
        if rows:
            with self.engine.begin() as connection:
                connection.execute(sa.insert(self.SQLEvent.__table__), rows)


def _row(sender: str, event: Event) -> dict[str, Any]:
    """Return an event as a row of Rasa's table."""
    data = event.as_dict()
    return {
        "sender_id": sender,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def unguarded(store: TrackerStore) -> TrackerStore:
    """Return the store itself, out of the guard that Rasa puts around each.

    The guard begins an empty conversation when a tracker cannot be read, and counts a turn as done when it could not be
    written. Here both are a failure of the turn: the gateway asks again, and the conversation goes on where it was.
    """
    return store._tracker_store if isinstance(store, FailSafeTrackerStore) else store


def _connect(url: sa.engine.URL) -> sa.engine.Engine:
    # Values stay out of errors and so out of logs: they are what customers said.
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
    # One connection stays open: the last one that closes a file in WAL mode writes all of it back.
    engine = sa.create_engine(url, poolclass=sa.pool.QueuePool, pool_size=1, max_overflow=4, hide_parameters=True)
    sa.event.listen(engine, "connect", _configure)
    return engine


def _configure(connection: Any, _record: object) -> None:
    # As for the service's records: a commit that does not wait for the disk can lose the last turns at a power failure,
    # and never the file.
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
