"""Classifier of answers: the act of a message, and the kind of answer where a question is of kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.linear import LinearModel, fit_counted
from bot.engine.nlu.message_keys import ACTS, KIND, is_command
from bot.engine.nlu.reading.clues import clues_of
from bot.engine.nlu.reading.examples import Example, examples_of
from bot.engine.nlu.reading.message_features import message_features
from bot.engine.nlu.reading.questions import question_asked
from bot.engine.nlu.source_digest import nlu_digest

MODEL_FILE = "answers.joblib"
_NO_KIND = "-"


@dataclass(frozen=True)
class AnswerModel:
    """What was learnt: the acts of all questions, and the kinds of each question that has some."""

    acts: LinearModel
    kinds: dict[str, LinearModel]

    def act_shares(self, features: Counter[str]) -> dict[str, float]:
        """Return the share of each act, the likeliest first."""
        shares = self.acts.probabilities_of(features)
        return {self.acts.labels[i]: float(shares[i]) for i in shares.argsort()[::-1]}

    def kind(self, question: str, features: Counter[str]) -> str | None:
        """Return the kind of answer to a question, None when the message says none."""
        model = self.kinds.get(question)
        if model is None:
            return None
        found = model.labels[int(model.scores_of(features).argmax())]
        return None if found == _NO_KIND else found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AnswerClassifier(IntentClassifier, GraphComponent):
    """Classify what a message does in answer to the question asked."""

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages needed beside Rasa."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration, which is also its documentation."""
        return {
            # a feature counts when so many messages hold it
            "least": 2,
            # inverse of the regularisation, of acts and of kinds
            "act_strength": 1.0,
            "kind_strength": 1.0,
        }

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: AnswerModel | None = None
    ) -> None:
        self.config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self.use(model)

    def use(self, model: AnswerModel | None) -> None:
        """Classify by this model from now on."""
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnswerClassifier:
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
    ) -> AnswerClassifier:
        """Load a trained component; one that was trained without any answer classifies nothing.

        Raises:
            RasaException: the model's file is missing or unreadable.
        """
        try:
            with model_storage.read_from(resource) as folder:
                model = joblib.load(folder / MODEL_FILE)
        except (ValueError, OSError) as error:
            raise RasaException(f"no model of answers under {resource.name}: train again ({error})") from error
        return cls(config, model_storage, resource, model)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest the modules the component calls."""
        return nlu_digest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the authored answers of ``training_data`` and persist the model."""
        examples = examples_of(training_data)
        self.use(self.learn(examples) if examples else None)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / MODEL_FILE)
        return self._resource

    def learn(self, examples: Sequence[Example]) -> AnswerModel:
        """Return a model of the acts and kinds of ``examples``."""
        documents = [message_features(example.clues) for example in examples]
        acts = fit_counted(
            documents,
            [example.act for example in examples],
            least=self.config["least"],
            strength=self.config["act_strength"],
            groups=[example.writer for example in examples],
            balanced=True,
        )
        return AnswerModel(acts, self._learn_kinds(examples, documents))

    def _learn_kinds(self, examples: Sequence[Example], documents: Sequence[Counter[str]]) -> dict[str, LinearModel]:
        models = {}
        for question in sorted({example.clues.question.name for example in examples if example.kind}):
            rows = [i for i, example in enumerate(examples) if example.clues.question.name == question]
            kinds = [examples[i].kind or _NO_KIND for i in rows]
            if len(set(kinds)) > 1:
                models[question] = fit_counted(
                    [documents[i] for i in rows],
                    kinds,
                    least=self.config["least"],
                    strength=self.config["kind_strength"],
                    balanced=True,
                )
        return models

    def process(self, messages: list[Message]) -> list[Message]:
        """Write act shares and kind on each message; a button's payload is left alone."""
        for message in messages:
            if self._model is None or is_command(message.get(TEXT) or ""):
                continue
            question = question_asked(message)
            features = message_features(clues_of(message, question))
            message.set(ACTS, self._model.act_shares(features))
            message.set(KIND, self._model.kind(question.name, features))
        return messages
