"""Normaliser: writes the folded text on the message and leaves the original alone."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.folding import FoldedText, fold_text
from bot.engine.nlu.message_keys import FOLDED
from bot.engine.nlu.source_digest import nlu_digest


def folded_of(message: Message) -> FoldedText:
    """Return the folded text of ``message``; fold it now when no normaliser ran before."""
    text = message.get(TEXT) or ""
    known = message.get(FOLDED)
    if isinstance(known, FoldedText) and known.original == text:
        return known
    return fold_text(text)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class Normaliser(GraphComponent):
    """Write the folded text and its offsets on each message.

    Width, case, traditional characters and invisible characters are folded as the
    phrasebook folds them. The original text stays, since entities point into it.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Normaliser:
        """Create the component; it keeps no state."""
        return cls()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration: nothing can be set."""
        return {}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest the modules the component calls."""
        return nlu_digest()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave training data as they are: the classifier folds its own texts."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Fold each message."""
        for message in messages:
            message.set(FOLDED, fold_text(message.get(TEXT) or ""))
        return messages
