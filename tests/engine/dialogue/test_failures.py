"""A turn that fails fails as a whole, and what the customer said does not get into the log by it."""

from __future__ import annotations

import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import ClientResponseError
from sqlalchemy.exc import OperationalError

from bot.engine.dialogue.form import ServiceAction
from bot.engine.dialogue.store import LiveTrackerStore, unguarded
from bot.engine.dialogue.turn import run_turn

SAID = "我叫王芳，电话13912345678"


class Processor:
    """Reads the tracker as Rasa's processor does, and can do no more."""

    def __init__(self, store: TrackerStore) -> None:
        """Keep the store; there is no graph to run."""
        self.tracker_store = store
        self.graph_runner = None

    async def fetch_tracker_and_update_session(
        self, sender: str, _channel: OutputChannel | None, _metadata: dict[str, Any] | None
    ) -> DialogueStateTracker:
        """Return the conversation."""
        return await self.tracker_store.get_or_create_tracker(sender)


@pytest.fixture
def guarded(tmp_path: Path) -> FailSafeTrackerStore:
    """Return a store as Rasa wraps it, its table gone."""
    store = LiveTrackerStore(domain=Domain.empty(), host=f"sqlite:///{tmp_path / 'trackers.db'}")
    store.Base.metadata.drop_all(store.engine)
    return FailSafeTrackerStore(store)


async def test_a_tracker_that_cannot_be_read_ends_the_turn(guarded: FailSafeTrackerStore) -> None:
    """The turn fails instead of beginning an empty conversation in the place of the customer's."""
    agent: Any = SimpleNamespace(processor=Processor(guarded), lock_store=InMemoryLockStore())
    with pytest.raises(OperationalError):
        await run_turn(agent, UserMessage("还在吗", sender_id="a", message_id="m1"))


async def test_a_tracker_that_cannot_be_written_ends_the_turn(guarded: FailSafeTrackerStore) -> None:
    """A turn that was not saved is not taken for done, and the error holds nothing the customer said."""
    tracker = DialogueStateTracker.from_events("a", [UserUttered(SAID)])
    with pytest.raises(OperationalError) as caught:
        await unguarded(guarded).save(tracker)
    assert "13912345678" not in "".join(traceback.format_exception(caught.type, caught.value, caught.tb))


async def test_a_failed_action_does_not_repeat_the_request() -> None:
    """The action server's error holds the whole request; what we raise and log does not."""

    class Endpoint:
        async def request(self, **_given: Any) -> None:
            raise ClientResponseError(500, "Internal Server Error", f'{{"request_body": "{SAID}"}}')

    action = ServiceAction("validate_complaint_form", Endpoint())
    tracker = DialogueStateTracker.from_events("a", [UserUttered(SAID)])
    with pytest.raises(RasaException, match="validate_complaint_form") as caught:
        await action.run(CollectingOutputChannel(), TemplatedNaturalLanguageGenerator({}), tracker, Domain.empty())
    assert "13912345678" not in "".join(traceback.format_exception(caught.type, caught.value, caught.tb))
