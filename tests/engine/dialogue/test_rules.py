"""The rules of `data/stories` decide what comes next: at the beginning, in the middle and at the end of a journey."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.generator import TrackerWithCachedStates, TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.loading import load_data_from_files
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.utils.io import read_yaml_file

from bot.engine.dialogue.recent import recent
from bot.engine.nlu.source_digest import ROOM

ROOT = ROOM.parents[2]
DOMAIN = Domain.load(str(ROOT / "domain.yml"))
COURTESIES = ("greet", "thank", "goodbye", "abuse", "chitchat", "out_of_scope", "ask_repeat")


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> RulePolicy:
    """Train the rules as the product's configuration has them."""
    config: dict[str, Any] = read_yaml_file(ROOT / "config.yml")
    (entry,) = config["policies"]
    settings = {**RulePolicy.get_default_config(), **{key: entry[key] for key in entry if key != "name"}}
    files = [str(path) for path in sorted((ROOT / "data" / "stories").glob("*.yml"))]
    graph = StoryGraph(load_data_from_files(files, DOMAIN))
    trackers: list[TrackerWithCachedStates] = TrainingDataGenerator(graph, DOMAIN, augmentation_factor=0).generate()
    storage = LocalModelStorage.create(Path(tmp_path_factory.mktemp("rules")))
    trained = RulePolicy(settings, storage, Resource("rules"), ExecutionContext(GraphSchema({})))
    trained.train(trackers, DOMAIN)
    return trained


def _next(policy: RulePolicy, *events: Event) -> str:
    """Return the action that the rules choose after events."""
    begin: list[Event] = [ActionExecuted("action_session_start"), ActionExecuted("action_listen")]
    tracker = DialogueStateTracker.from_events("one", [*begin, *events], DOMAIN.slots)
    prediction = policy.predict_action_probabilities(recent(tracker), DOMAIN)
    best = max(range(DOMAIN.num_actions), key=lambda place: prediction.probabilities[place])
    return str(DOMAIN.action_names_or_texts[best])


def _said(intent: str) -> UserUttered:
    return UserUttered("…", intent={"name": intent, "confidence": 0.9})


def _open(form: str) -> list[Event]:
    """Return the events of a journey that has asked something, and a message that its form rejects is still to come."""
    return [
        _said("complaint"),
        ActionExecuted(form),
        ActiveLoop(form),
        SlotSet("requested_slot", "what"),
        ActionExecuted("action_listen"),
    ]


def test_a_wish_begins_its_journey(policy: RulePolicy) -> None:
    """An intent leads to the form that serves it."""
    assert _next(policy, _said("complaint")) == "complaint_form"
    assert _next(policy, _said("goodbye")) == "rating_form"


def test_an_open_journey_hears_the_message_first(policy: RulePolicy) -> None:
    """Whatever is said, the form that asked is called before any rule."""
    for intent in ("thank", "emergency", "return_goods", "nlu_fallback"):
        assert _next(policy, *_open("repair_form"), _said(intent)) == "repair_form"


@pytest.mark.parametrize("form", sorted(DOMAIN.form_names))
@pytest.mark.parametrize("intent", COURTESIES)
def test_a_rejected_courtesy_is_answered_and_the_form_goes_on(policy: RulePolicy, form: str, intent: str) -> None:
    """Every form comes back after a courtesy, and then waits for its answer."""
    talk = [*_open(form), _said(intent), ActionExecutionRejected(form)]
    assert _next(policy, *talk) == "action_courtesy"
    answered = [*talk, ActionExecuted("action_courtesy")]
    assert _next(policy, *answered) == form
    assert _next(policy, *answered, ActionExecuted(form)) == "action_listen"


@pytest.mark.parametrize(("intent", "other"), [("emergency", "emergency_form"), ("ask_human", "handoff_form")])
def test_danger_and_a_person_take_the_place_of_what_is_open(policy: RulePolicy, intent: str, other: str) -> None:
    """A form that rejects them gives way, and what they begin waits for its answer."""
    talk = [*_open("complaint_form"), _said(intent), ActionExecutionRejected("complaint_form")]
    assert _next(policy, *talk) == other
    begun = [*talk, ActionExecuted(other), ActiveLoop(other), SlotSet("requested_slot", "phone")]
    assert _next(policy, *begun) == "action_listen"


@pytest.mark.parametrize("asked_before", [True, False])
def test_a_journey_with_nothing_more_to_ask_is_over(policy: RulePolicy, asked_before: bool) -> None:
    """The bot listens after the end of a journey, in the turn that began it or in a later one."""
    talk = _open("order_form") if asked_before else []
    end: list[Event] = [ActionExecuted("order_form"), SlotSet("requested_slot", None), ActiveLoop(None)]
    assert _next(policy, *talk, _said("logistics"), *end) == "action_listen"
