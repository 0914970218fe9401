"""What answers one message outside any journey, and asks nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.framework.outcome import JourneyEnded
from actions.framework.records import database
from actions.framework.run_once import run_once
from actions.framework.turn import JourneyTurn


class OutsideAction(Action, ABC):
    """An action that answers one message and asks nothing."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[Any]:
        """Answer the message in one transaction."""
        async with database().session() as session:
            turn = JourneyTurn(dispatcher, tracker, session, form=self.name())
            return await run_once(turn, self.name(), self._run)

    async def _run(self, turn: JourneyTurn) -> list[Any]:
        with suppress(JourneyEnded):
            await self.answer(turn)
        return turn.events()

    @abstractmethod
    async def answer(self, turn: JourneyTurn) -> None:
        """Answer the message."""
