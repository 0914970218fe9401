"""What a decision depends on: the last turns give the same states as the whole conversation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    FollowupAction,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.dialogue.recent import RecentTracker, recent
from bot.engine.nlu.source_digest import ROOM

STATES = 5
"""How many states the policies of `config.yml` look at."""
DOMAIN = Domain.load(str(ROOM.parents[2] / "domain.yml"))

courtesies = st.sampled_from(["greet", "thank", "affirm"]).map(lambda intent: ("courtesy", intent, 1))
journeys = st.tuples(st.sampled_from(["complaint_form", "order_form"]), st.just("complaint"), st.integers(1, 6))
talks = st.lists(st.one_of(courtesies, journeys), min_size=1, max_size=14)


def _turns(name: str, intent: str, turns: int, *, open_: bool) -> Iterator[Event]:
    """Yield the events of a courtesy, or of a journey that takes some turns."""
    for turn in range(turns):
        yield ActionExecuted("action_listen")
        yield UserUttered("…", intent={"name": intent if turn == 0 else "inform"})
        if name == "courtesy":
            yield ActionExecuted("action_courtesy")
        else:
            yield ActionExecuted(name)
            if turn == 0:
                yield ActiveLoop(name)
            last = turn == turns - 1 and not open_
            yield SlotSet("requested_slot", None if last else "what")
            if last:
                yield ActiveLoop(None)
        yield BotUttered("…")


def _tracker(talk: list[tuple[str, str, int]], *, open_: bool) -> DialogueStateTracker:
    events: list[Event] = [ActionExecuted("action_session_start"), SessionStarted()]
    for place, (name, intent, turns) in enumerate(talk):
        events += _turns(name, intent, turns, open_=open_ and place == len(talk) - 1)
    events += [ActionExecuted("action_listen"), UserUttered("…", intent={"name": "thank"})]
    return DialogueStateTracker.from_events("one", events, DOMAIN.slots)


@settings(deadline=None, max_examples=120)
@given(talk=talks, open_=st.booleans(), omit=st.booleans(), ignore=st.booleans())
def test_the_last_states_are_those_of_the_whole(
    talk: list[tuple[str, str, int]], open_: bool, omit: bool, ignore: bool
) -> None:
    """However long a conversation was, in a journey or outside, the policies see what they saw before."""
    tracker = _tracker(talk, open_=open_)
    whole = DOMAIN.states_for_tracker_history(tracker, omit, ignore, {})
    seen = recent(tracker).past_states(DOMAIN, omit, ignore, {})
    assert seen[-STATES:] == whole[-STATES:]


def test_a_long_talk_is_cut() -> None:
    """A hundred courtesies cost no more than five."""
    tracker = _tracker([("courtesy", "thank", 1)] * 100, open_=False)
    assert len(RecentTracker(tracker).past_states(DOMAIN)) < 15


def test_a_policy_that_changes_states_changes_only_its_own() -> None:
    """States are handed out as copies: what one policy takes out is there for the next."""
    view = RecentTracker(_tracker([("courtesy", "thank", 1)], open_=False))
    view.past_states(DOMAIN)[-1]["user"].clear()
    assert view.past_states(DOMAIN)[-1]["user"]


@pytest.mark.parametrize("settled", [True, False])
def test_a_settled_next_action_is_seen_by_the_tracker_itself(settled: bool) -> None:
    """Rasa forgets the settled action on what it is given: that must be the tracker, not a view."""
    tracker = _tracker([("courtesy", "thank", 1)], open_=False)
    if settled:
        tracker.update(FollowupAction("action_courtesy"))
    assert (recent(tracker) is tracker) == settled
