"""The store keeps trackers at hand and writes what is new, as Rasa's own store would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.dialogue import store as store_module
from bot.engine.dialogue.store import LiveTrackerStore

DOMAIN = Domain.from_dict(
    {
        "intents": ["greet"],
        "slots": {name: {"type": "any", "mappings": [{"type": "custom"}]} for name in ("name", "phone")},
    }
)


def _turn(text: str) -> list[Event]:
    parsed = {"intent": {"name": "greet"}, "text": text}
    return [
        ActionExecuted("action_listen"),
        UserUttered(text, {"name": "greet"}, [], parsed),
        ActionExecuted("action_x"),
        SlotSet("name", text),
        BotUttered(text),
    ]


def _rows(store: SQLTrackerStore) -> list[tuple[Any, ...]]:
    table = store.SQLEvent.__table__
    columns = (
        table.c.sender_id,
        table.c.type_name,
        table.c.timestamp,
        table.c.intent_name,
        table.c.action_name,
        table.c.data,
    )
    with store.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(table.c.id))]


async def _said(store: SQLTrackerStore, sender: str, text: str) -> DialogueStateTracker:
    """Take a turn as the engine does: retrieve, change, save."""
    tracker = await store.retrieve(sender) or DialogueStateTracker(sender, DOMAIN.slots)
    for event in _turn(text):
        tracker.update(event)
    await store.save(tracker)
    return tracker


@pytest.fixture
def live(tmp_path: Path) -> LiveTrackerStore:
    """Return a store in a new file."""
    return LiveTrackerStore(DOMAIN, host=f"sqlite:///{tmp_path / 'live.db'}")


async def test_rows_are_those_of_rasas_store(live: LiveTrackerStore, tmp_path: Path) -> None:
    """Turn by turn, the same rows in the same order, each event once."""
    theirs = SQLTrackerStore(DOMAIN, dialect="sqlite", db=str(tmp_path / "theirs.db"))
    for text in ("你好", "在吗", "再见"):
        tracker = await _said(live, "one", text)
        await theirs.save(tracker)
    assert _rows(live) == _rows(theirs)


async def test_a_turn_that_failed_leaves_no_trace(live: LiveTrackerStore) -> None:
    """A tracker that was taken and never saved is read again as it was saved."""
    await _said(live, "one", "你好")
    taken = await live.retrieve("one")
    assert taken is not None
    taken.update(SlotSet("name", "half a turn"))
    again = await live.retrieve("one")
    assert again is not None
    assert again.get_slot("name") == "你好"
    await _said(live, "one", "在吗")
    assert len(_rows(live)) == 2 * len(_turn(""))


async def test_a_tracker_that_is_no_longer_at_hand_goes_on(
    live: LiveTrackerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the most that are kept, a conversation is read back and continued without a doubled event."""
    monkeypatch.setattr(store_module, "MOST_LIVE", 1)
    for sender in ("one", "two", "one", "two"):
        await _said(live, sender, "你好")
    rows = [row for row in _rows(live) if row[0] == "one"]
    assert len(rows) == 2 * len(_turn(""))


async def test_a_tracker_at_hand_stays_small(live: LiveTrackerStore) -> None:
    """However long a conversation was, the tracker at hand holds its last turns, and its slots all the same."""
    first = await _said(live, "one", "你好")
    first.update(SlotSet("phone", "known early"))
    await live.save(first)
    for number in range(50):
        tracker = await _said(live, "one", f"第{number}句")
    assert len(tracker.events) < 10 * len(_turn(""))
    assert (tracker.get_slot("phone"), tracker.get_slot("name")) == ("known early", "第49句")
    assert len(_rows(live)) == 51 * len(_turn("")) + 1
    read_back = await LiveTrackerStore(DOMAIN, host=str(live.engine.url)).retrieve("one")
    assert read_back is not None
    assert read_back.current_slot_values() == tracker.current_slot_values()


async def test_a_tracker_from_elsewhere_is_saved_too(live: LiveTrackerStore) -> None:
    """A tracker that was never retrieved from here is compared with what is stored, as Rasa does."""
    tracker = await _said(live, "one", "你好")
    other = LiveTrackerStore(DOMAIN, host=str(live.engine.url))
    for event in _turn("在吗"):
        tracker.update(event)
    await other.save(tracker)
    assert len(_rows(live)) == 2 * len(_turn(""))
