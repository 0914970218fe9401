"""Intents named explicitly: “报修：…”, “要投诉你们的师傅” outweigh a doubtful guess over the words around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from ruamel.yaml import YAML

from bot.engine.nlu.message_keys import is_command
from bot.engine.nlu.normaliser import folded_of
from bot.engine.nlu.source_digest import ROOM, nlu_digest

PATTERNS = ROOM / "explicit_intents.yml"
FACTS = "inform"
"""Names, numbers, addresses around a wish do not outweigh it, however many they are."""


@dataclass(frozen=True)
class IntentExpressions:
    """How an intent is named, and what makes the same words mean something else."""

    intent: str
    say: re.Pattern[str]
    unless: re.Pattern[str]
    always: re.Pattern[str] | None = None


@lru_cache(maxsize=2)
def load_expressions(path: Path = PATTERNS) -> tuple[IntentExpressions, ...]:
    """Read and compile the expressions.

    Raises:
        ValueError: an expression does not compile; the message names file and intent.
    """
    data = cast("dict[str, Any]", YAML(typ="safe").load(path.read_text(encoding="utf8")))
    found = []
    for intent, entry in data["wishes"].items():
        try:
            say, unless = (re.compile("|".join(entry[key])) for key in ("say", "unless"))
            always = re.compile("|".join(entry["always"])) if "always" in entry else None
            found.append(IntentExpressions(intent, say, unless, always))
        except re.error as error:
            raise ValueError(f"{path}: {intent}: {error}") from error
    return tuple(found)


def explicit_intent(folded: str, *, sure: bool = False) -> str | None:
    """Return the intent that a text names, the first of several; None when it names none.

    Args:
        folded: the folded text.
        sure: the classifier is sure of another wish, so that only what outweighs that counts.
    """
    hits = [
        (match.start(), wish.intent)
        for wish in load_expressions()
        if (said := wish.always if sure else wish.say) and (match := said.search(folded))
        if not wish.unless.search(folded)
    ]
    return min(hits)[1] if hits else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ExplicitIntents(GraphComponent):
    """Lets an intent that is named win over a guess below `doubt`, or over any when its expression says `always`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults, which are the documentation."""
        return {
            # Confidence of the classifier from which its guess stands, unless it sees nothing but facts.
            "doubt": 0.95,
            # Least confidence that a wish said outright is given.
            "confidence": 0.8,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ExplicitIntents:
        """Create the component."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return a digest of what the component reads."""
        return nlu_digest()

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the intent that is named first."""
        for message in messages:
            if is_command(message.get(TEXT) or ""):
                continue
            guess = message.get(INTENT) or {}
            confidence = float(guess.get("confidence") or 0.0)
            sure = guess.get("name") != FACTS and confidence >= self.config["doubt"]
            intent = explicit_intent(folded_of(message).text, sure=sure)
            if intent is not None and (intent != guess.get("name") or confidence < self.config["confidence"]):
                self._put_first(message, intent)
        return messages

    def _put_first(self, message: Message, intent: str) -> None:
        rest = [one for one in message.get(INTENT_RANKING_KEY) or [] if one["name"] != intent]
        # The ranking stays in order: what is below its second is taken for ambiguous.
        first = {
            "name": intent,
            "confidence": max([float(self.config["confidence"]), *(one["confidence"] for one in rest)]),
        }
        message.set(INTENT, first, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [first, *rest], add_to_output=True)
