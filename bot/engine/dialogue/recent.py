"""The part of a conversation that the next decision depends on.

Rules and memory look at the last five states at the most, but Rasa computes the states of the whole conversation for
each of them, five times a turn: the twentieth turn took twice the first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event
from rasa.shared.core.trackers import DialogueStateTracker

TURNS = 5
"""Turns outside a journey that are kept; each is two states or more, a whole journey counts like one."""


class RecentTracker(DialogueStateTracker):
    """A view of a tracker for one decision: its last turns, their states computed once for all policies.

    It begins outside a journey, since Rasa folds the turns of a journey into one by looking back to its beginning.
    All but the events is shared with the tracker.
    """

    def __init__(self, tracker: DialogueStateTracker) -> None:
        self.__dict__.update(tracker.__dict__)
        self.events = recent_events(tracker.events)
        self._states: dict[tuple[bool, bool], list[State]] = {}

    def past_states(
        self,
        domain: Domain,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        """Return the states before each action; copies, since policies take out of them what they do not use."""
        key = (omit_unset_slots, ignore_rule_only_turns)
        if key not in self._states:
            self._states[key] = super().past_states(domain, *key, rule_only_data)
        return [{part: dict(values) for part, values in state.items()} for state in self._states[key]]


def recent(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """Return what the next decision depends on; all of it when the next action is settled already."""
    return tracker if tracker.followup_action else RecentTracker(tracker)


def recent_events(events: deque[Event]) -> deque[Event]:
    """Return the events of the last turns, from a moment outside a journey on."""
    return deque(islice(events, _start(events), None))


def _start(events: Iterable[Event]) -> int:
    waits: deque[int] = deque(maxlen=TURNS)
    outside = True
    for place, event in enumerate(events):
        if isinstance(event, ActiveLoop):
            outside = event.name is None
        elif outside and isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            waits.append(place)
    return waits[0] if len(waits) == TURNS else 0
