"""Exchange the model under a running engine, without a turn lost.

A turn holds the processor it began with (`turn.run_turn`), so the exchange is one assignment on the event loop: turns
under way end with the old model, the next ones begin with the new. Trackers, locks and stores stay where they are.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor

logger = logging.getLogger(__name__)

PROBE = "你好，我买的东西想退货"
"""What a new model must be able to read before it is taken."""


class SwapError(RuntimeError):
    """Raised when a model cannot be taken into use; the old one stays."""


class ModelSwap:
    """Load models one after the other and put the good ones into the agent."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def take(self, agent: Agent, path: Path) -> dict[str, Any]:
        """Load a model beside the present one, try it, and let it take over.

        Args:
            agent: the running engine's agent.
            path: the model's archive.

        Returns:
            names of the model that serves now and of the one before.

        Raises:
            SwapError: the file cannot be loaded, the model does not read a sentence, or it knows another domain.
        """
        async with self._lock:
            before = agent.model_name
            # In a thread: loading takes a second or two, and nobody waits for his answer meanwhile.
            processor = await asyncio.to_thread(_load, agent, path)
            agent.processor = processor
            agent.domain = agent.tracker_store.domain = processor.domain
            logger.info("model %s serves now, after %s", path.name, before)
            return {"model": path.name, "before": before}


def _load(agent: Agent, path: Path) -> MessageProcessor:
    if not path.is_file():
        raise SwapError(f"{path}: no such file")
    try:
        processor = MessageProcessor(
            model_path=path,
            tracker_store=agent.tracker_store,
            lock_store=agent.lock_store,
            action_endpoint=agent.action_endpoint,
            generator=agent.nlg,
            http_interpreter=agent.http_interpreter,
        )
        parsed = asyncio.run(processor.parse_message(UserMessage(PROBE)))
    except Exception as error:  # whatever a foreign archive breaks, the old model goes on serving
        logger.exception("model %s cannot be used", path)
        raise SwapError(f"{path.name} cannot be loaded: {type(error).__name__}: {error}") from error
    intent = (parsed.get("intent") or {}).get("name")
    if intent not in processor.domain.intents:
        raise SwapError(f"{path.name} does not understand: {PROBE!r} was taken for {intent!r}")
    if agent.domain is not None and processor.domain.fingerprint() != agent.domain.fingerprint():
        # Trackers at hand and the action server were made for the present slots and actions.
        raise SwapError(f"{path.name} was trained with another domain.yml: stop the system and start it anew")
    return processor
