"""One turn of a conversation, whole or not at all.

Rasa's own processor swallows the failure of an action and goes on with its events lost. Here a failure ends the turn
before anything is saved, so that the gateway can ask again, and a message seen before is answered from the tracker.
"""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.actions.forms import FormAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import ActionExecutionRejected, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.dialogue.asked import asked
from bot.engine.dialogue.form import JourneyForm, ServiceAction
from bot.engine.dialogue.nlg import PhraseNlg
from bot.engine.dialogue.recent import recent
from bot.engine.dialogue.runner import planned
from bot.engine.dialogue.store import unguarded
from bot.engine.nlu.message_keys import ASKED, READING
from phrasebook.book.book import ApprovedPhrases

MOST_ACTIONS = 20
"""Actions in one turn before it counts as running in circles."""


class TurnError(RuntimeError):
    """Raised when a turn has no answer; nothing of it was saved."""


async def run_turn(agent: Agent, message: UserMessage) -> DialogueStateTracker:
    """Let Rasa understand a message, decide and act; save the tracker when all went well.

    Args:
        agent: the loaded model with its stores.
        message: the customer's message; its id is the key against a second run.

    Returns:
        the tracker after the turn (unchanged when the message had been answered before).

    Raises:
        TurnError: there is no model, or nothing was said.
        Exception: an action failed, or the tracker could not be read or written.
    """
    if agent.processor is None:
        raise TurnError("no model is loaded: train one and start again")
    processor = planned(agent.processor)
    processor.tracker_store = unguarded(processor.tracker_store)
    async with agent.lock_store.lock(message.sender_id):
        tracker = await processor.fetch_tracker_and_update_session(
            message.sender_id, message.output_channel, message.metadata
        )
        if index_of(tracker, message.message_id) is not None:
            return tracker
        message.metadata = {**(message.metadata or {}), ASKED: asked(tracker, _book(processor))}
        await processor._handle_message_with_tracker(message, tracker)
        channel = CollectingOutputChannel()
        tracker = await processor.run_action_extract_slots(channel, tracker)
        await _act(processor, tracker, channel)
        if not bubbles(tracker, message.message_id):
            raise TurnError(f"message {message.message_id} got no answer: a rule or an action is missing")
        await processor.save_tracker(tracker)
        return tracker


async def _act(processor: MessageProcessor, tracker: DialogueStateTracker, channel: CollectingOutputChannel) -> None:
    for _ in range(MOST_ACTIONS):
        action, prediction = processor.predict_next_with_tracker_if_should(recent(tracker))
        action = _ours(action)
        try:
            # What the prediction adds (that a form comes back from an interruption) Rasa shows the action on a copy of
            # the tracker, since a rejection undoes it. No action of ours looks at it.
            events = await action.run(channel, processor.nlg, tracker, processor.domain)
        except ActionExecutionRejection:
            tracker.update(ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence))
            continue
        processor._log_action_on_tracker(tracker, action, events, prediction)
        if not processor.should_predict_another_action(action.name()):
            return
    raise TurnError(f"more than {MOST_ACTIONS} actions in one turn: rules or follow-ups run in circles")


def _book(processor: MessageProcessor) -> ApprovedPhrases:
    if not isinstance(processor.nlg, PhraseNlg):
        raise TurnError("endpoints.yml: nlg must be bot.engine.dialogue.nlg.PhraseNlg, which holds the buttons' titles")
    return processor.nlg.book


def _ours(action: Action) -> Action:
    """Put our form and our custom action in the place of Rasa's."""
    if type(action) is FormAction:
        return JourneyForm(action.name(), action.action_endpoint)
    if type(action) is RemoteAction:
        return ServiceAction(action.name(), action.action_endpoint)
    return action


def index_of(tracker: DialogueStateTracker, message_id: str | None) -> int | None:
    """Return the place of a customer's message among the tracker's events, or None."""
    for index, event in enumerate(tracker.events):
        if isinstance(event, UserUttered) and event.message_id == message_id:
            return index
    return None


def bubbles(tracker: DialogueStateTracker, message_id: str | None) -> list[dict[str, Any]]:
    """Return what the bot said in answer to a message, as the gateway's contract has it."""
    start = index_of(tracker, message_id)
    if start is None:
        return []
    found = []
    for event in list(tracker.events)[start + 1 :]:
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            found.append(_bubble(event))
    return found


def understood(tracker: DialogueStateTracker, message_id: str | None) -> dict[str, Any]:
    """Return what was understood of a message: intent, confidence, ranking, entities, wishes, reading."""
    start = index_of(tracker, message_id)
    if start is None:
        return {}
    event = list(tracker.events)[start]
    assert isinstance(event, UserUttered)
    data: dict[str, Any] = dict(event.parse_data)
    intent = data.get("intent") or {}
    return {
        "intent": intent.get("name"),
        "confidence": intent.get("confidence"),
        "ranking": (data.get("intent_ranking") or [])[:5],
        "entities": data.get("entities") or [],
        "wishes": data.get("wishes") or [],
        "reading": data.get(READING),
    }


def _bubble(event: BotUttered) -> dict[str, Any]:
    metadata = event.metadata or {}
    return {
        "phrase": metadata.get("phrase"),
        "variables": metadata.get("variables") or {},
        "ticket": metadata.get("ticket"),
        "buttons": event.data.get("buttons") or [],
        "custom": event.data.get("custom") or {},
    }
