"""Do the work of a message once, though the engine may ask for it twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from actions.framework.turn import JourneyTurn
from bot.desk.conversations import action_results as results
from bot.desk.conversations import customers


async def run_once(turn: JourneyTurn, action: str, work: Callable[[JourneyTurn], Awaitable[list[Any]]]) -> list[Any]:
    """Run an action's turn, or answer again what it did for the same message before.

    The gateway asks a turn again when it failed behind an action: what was urged, counted or booked then must not be so
    twice.

    Args:
        turn: the turn.
        action: the action's name.
        work: does and says what is to be done, and returns the events for Rasa.
    """
    # A turn may come to the same journey twice, by way of another: then what is known has changed in between.
    known_now = hashlib.sha256(json.dumps(turn.slots, sort_keys=True, default=str).encode()).hexdigest()[:16]
    key = f"{turn.message.conversation}:{turn.message.id}:{action}:{known_now}"
    stored = await results.find(turn.session, key)
    if stored is not None:
        turn.repeat_responses(stored.responses)
        return stored.events
    if turn.is_first:
        turn.know(await customers.facts(turn.session, turn.message.conversation))
    events = await work(turn)
    if events:
        await customers.learn(turn.session, turn.message.conversation, turn.contact_told())
        await results.store(turn.session, key, events=events, responses=turn.responses, now=turn.now)
    return events
