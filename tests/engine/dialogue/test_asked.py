"""What the bot asked last, read out of the conversation for the reading of the answer."""

from __future__ import annotations

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.dialogue.asked import asked
from bot.engine.nlu.source_digest import ROOT
from phrasebook.book.book import ApprovedPhrases
from phrasebook.book.load import load_phrases


@pytest.fixture(scope="module")
def book() -> ApprovedPhrases:
    """Return the approved phrases."""
    return load_phrases(ROOT / "phrasebook" / "approved")


def _conversation(*events: Event) -> DialogueStateTracker:
    domain = Domain.load(str(ROOT / "domain.yml"))
    return DialogueStateTracker.from_events("one", list(events), domain.slots)


def _bubble(phrase: str, *buttons: dict[str, object]) -> BotUttered:
    return BotUttered("…", {"buttons": list(buttons) or None}, {"phrase": phrase})


def test_phrases_of_the_last_turn_with_slot_and_options(book: ApprovedPhrases) -> None:
    """Slot, phrases since the customer's last message, and the buttons with their titles and values."""
    start, end = "2026-11-25T14:00:00+08:00", "2026-11-25T16:00:00+08:00"
    slot = {"title_phrase": "button.slot", "variables": {"start": start, "end": end}, "payload": '/inform{"slot": 7}'}
    tracker = _conversation(
        UserUttered("报修"),
        _bubble("repair.ask_fault"),
        UserUttered("不制冷"),
        ActiveLoop("repair_form"),
        SlotSet("requested_slot", "slot"),
        _bubble("repair.begin_repair"),
        _bubble("repair.ask_slot", slot),
        ActionExecuted("action_listen"),
    )
    found = asked(tracker, book)
    assert found["slot"] == "slot"
    assert found["phrases"] == ["repair.begin_repair", "repair.ask_slot"]
    assert [(o["value"], o["start"], o["end"]) for o in found["options"]] == [(7, start, end)]
    assert "下午2点" in found["options"][0]["title"]


def test_a_button_that_was_retired_has_no_title(book: ApprovedPhrases) -> None:
    """An option whose title is no longer approved can still be chosen by its place."""
    tracker = _conversation(_bubble("rating.ask", {"title_phrase": "button.gone", "payload": '/inform{"score": 5}'}))
    assert asked(tracker, book)["options"] == [{"title": "", "value": 5}]


def test_outside_a_journey_no_slot_is_asked_for(book: ApprovedPhrases) -> None:
    """A slot that was asked for in a journey which has ended is not asked for any more."""
    tracker = _conversation(SlotSet("requested_slot", "name"), UserUttered("好"), _bubble("repair.done_repair"))
    assert asked(tracker, book) == {"slot": None, "phrases": ["repair.done_repair"], "options": []}
