"""Intent classifier: linear on character n-grams, calibrated."""

from __future__ import annotations

from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.folding import FoldedText, fold_text
from bot.engine.nlu.linear import LinearModel, fit
from bot.engine.nlu.message_keys import SHARES, WISHES, is_command
from bot.engine.nlu.normaliser import folded_of
from bot.engine.nlu.reading.examples import is_answer
from bot.engine.nlu.source_digest import nlu_digest
from bot.engine.nlu.wishes import split_wishes

MODEL_FILE = "intents.joblib"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NgramIntentClassifier(IntentClassifier, GraphComponent):
    """Classify the intent of a message by its characters."""

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages needed beside Rasa."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration, which is also its documentation."""
        return {
            # longest character n-gram
            "longest": 2,
            # an n-gram counts when it stands in so many utterances
            "least": 2,
            # inverse of the regularisation
            "strength": 0.7,
            # intents listed in the ranking
            "ranking_length": 10,
            # least confidence of each of several wishes in one message, plain and after 另外, 顺便 …
            "wish_sure": 0.6,
            "wish_said": 0.5,
            # characters of a message that are searched for several wishes
            "longest_for_wishes": 300,
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
    ) -> None:
        self.config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramIntentClassifier:
        """Create an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramIntentClassifier:
        """Load a trained component.

        Raises:
            RasaException: the model's file is missing or unreadable.
        """
        try:
            with model_storage.read_from(resource) as folder:
                model = joblib.load(folder / MODEL_FILE)
        except (ValueError, OSError) as error:
            raise RasaException(f"no intent model under {resource.name}: train again ({error})") from error
        return cls(config, model_storage, resource, model)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest the modules the component calls."""
        return nlu_digest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents of ``training_data`` and persist the model."""
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT) and not is_answer(e)]
        texts = [fold_text(example.get(TEXT)).text for example in examples]
        labels = [str(example.get(INTENT)) for example in examples]
        if len(set(labels)) > 1:
            self._model = fit(
                texts,
                labels,
                longest=self.config["longest"],
                least=self.config["least"],
                strength=self.config["strength"],
            )
            self.persist()
        return self._resource

    def persist(self) -> None:
        """Write the model into the storage."""
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / MODEL_FILE)

    def process(self, messages: list[Message]) -> list[Message]:
        """Write intent, ranking and wishes on each message; a button's payload is left alone."""
        for message in messages:
            if self._model is None or is_command(message.get(TEXT) or ""):
                continue
            folded = folded_of(message)
            shares = self._model.probabilities(folded.text)
            order = shares.argsort()[::-1]
            ranking = [{"name": self._model.labels[i], "confidence": float(shares[i])} for i in order]
            message.set(SHARES, {one["name"]: one["confidence"] for one in ranking})
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[: self.config["ranking_length"]], add_to_output=True)
            message.set(WISHES, self._wishes(folded), add_to_output=True)
        return messages

    def _wishes(self, folded: FoldedText) -> list[dict[str, Any]]:
        text = folded.text[: self.config["longest_for_wishes"]]
        wishes = split_wishes(text, self._judge, sure=self.config["wish_sure"], said=self.config["wish_said"])
        found = []
        for wish in wishes:
            start, end = folded.span(wish.start, wish.end)
            found.append(
                {
                    "intent": wish.intent,
                    "confidence": wish.confidence,
                    "start": start,
                    "end": end,
                    "text": folded.original[start:end],
                }
            )
        return found

    def _judge(self, folded: str) -> tuple[str, float]:
        assert self._model is not None  # process() looked
        shares = self._model.probabilities(folded)
        best = int(shares.argmax())
        return self._model.labels[best], float(shares[best])
