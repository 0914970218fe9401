"""Fallback: a guess too weak to act on becomes `nlu_fallback`, and the customer is asked again."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.message_keys import is_command


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LowConfidenceFallback(FallbackClassifier):
    """Rasa's fallback classifier, which would stumble over the payload of a button: it has no intent yet."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge what customers wrote; payloads are left to Rasa's own handler."""
        super().process([message for message in messages if not is_command(message.get(TEXT) or "")])
        return messages
