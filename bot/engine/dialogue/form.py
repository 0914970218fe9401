"""A form whose every question is our journey's: one call to the action server a turn, and no more.

Rasa's own form replays the conversation to make a temporary tracker, extracts slots that none of ours are, sends all
events and validates the answer against a schema that takes longer than the turn. Ours asks the journey and believes it.
"""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.actions.forms import FormAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.exceptions import RasaException


class ServiceAction(RemoteAction):
    """A custom action on our own server: it needs the slots and the message, not the whole conversation."""

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """Call the action server.

        Raises:
            RasaException: it failed or does not answer.
        """
        try:
            return await super().run(output_channel, nlg, tracker, domain)
        except ActionExecutionRejection:
            raise
        except RasaException as error:
            # Its cause repeats the whole request, with all that the customer said, and would stand in the log.
            raise RasaException(str(error)) from None

    def _action_call_format(self, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        return {
            "next_action": self._name,
            "sender_id": tracker.sender_id,
            "tracker": {**tracker.current_state(EventVerbosity.NONE), "events": []},
        }

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        if not (isinstance(result.get("events"), list) and isinstance(result.get("responses"), list)):
            raise ValueError(f"action {self._name}: answer without events and responses; is it our action server?")
        return True


class JourneyForm(FormAction):
    """A form that leaves every question to its journey's script.

    A journey without events rejects the message, as a form of Rasa's does whose validation finds nothing in it: then a
    rule of `data/stories/interruptions.yml` acts.
    """

    async def activate(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """Run the journey for the message that begins it."""
        return await self._script(output_channel, nlg, tracker, domain)

    async def _activate_loop(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        # Rasa shows the journey a copy in which its own loop is open; ours must see the one that it interrupts.
        return self._default_activation_events() + await self.activate(output_channel, nlg, tracker, domain)

    async def do(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
        events_so_far: list[Event],
    ) -> list[Event]:
        """Run the journey for the next message; at the activation it has run already."""
        if any(isinstance(event, SlotSet) for event in events_so_far):
            return []
        return await self._script(output_channel, nlg, tracker, domain)

    async def _script(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        action = ServiceAction(f"validate_{self.name()}", self.action_endpoint)
        events = await action.run(output_channel, nlg, tracker, domain)
        if not events and tracker.active_loop_name == self.name():
            raise ActionExecutionRejection(self.name(), f"journey {self.name()} leaves the message to the rules")
        if not any(isinstance(event, SlotSet) and event.key == REQUESTED_SLOT for event in events):
            raise ValueError(f"journey {self.name()} neither asked nor ended: it must set {REQUESTED_SLOT}")
        return events
