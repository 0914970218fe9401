"""Labeller of values: which words of an answer are a name, an address, a fault …, and which of them are taken back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.linear import LinearModel, fit_counted
from bot.engine.nlu.message_keys import LABELLED, is_command
from bot.engine.nlu.reading.clues import Clues, Span, clues_of, touching
from bot.engine.nlu.reading.denial import context_features
from bot.engine.nlu.reading.examples import Example, examples_of
from bot.engine.nlu.reading.questions import question_asked
from bot.engine.nlu.reading.sequence import SpanTagger, tags_of, train_tagger
from bot.engine.nlu.reading.value_features import character_features
from bot.engine.nlu.source_digest import nlu_digest

MODEL_FILE = "values.joblib"
_TELLING = frozenset({"account", "message", "comment"})
"""Free words that tell: they look alike, and the question says which of the three they are."""
_WORDS = "words"
_EXACT = {"order_number": "order", "phone": "phone", "ticket_number": "ticket"}
"""Entities that are exact by nature, with their labels."""


@dataclass(frozen=True)
class Labelled:
    """Words that are a value; places count folded characters."""

    label: str
    start: int
    end: int
    confidence: float
    taken_back: bool


@dataclass(frozen=True)
class ValueModel:
    """What was learnt: the tagger, the denials, and how free words are called in each question."""

    tagger: bytes
    denials: LinearModel
    telling: dict[str, str]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ValueLabeller(GraphComponent, EntityExtractorMixin):
    """Label the values of an answer by its characters, its entities and the question asked."""

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages needed beside Rasa."""
        return ["sklearn_crfsuite", "sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration, which is also its documentation."""
        return {
            # weight of the regularisation, and passes over the data
            "smoothing": 0.3,
            "rounds": 20,
            # inverse of the regularisation for denials, and in how many examples a feature must occur
            "denial_strength": 0.5,
            "denial_least": 2,
            # longest text, in characters, that is labelled
            "longest": 300,
        }

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: ValueModel | None = None
    ) -> None:
        self.config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self.use(model)

    def use(self, model: ValueModel | None) -> None:
        """Label by this model from now on."""
        self._model = model
        self._tagger = SpanTagger(model.tagger) if model else None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ValueLabeller:
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
    ) -> ValueLabeller:
        """Load a trained component; one that was trained without any answer labels nothing.

        Raises:
            RasaException: the model's file is unreadable.
        """
        try:
            with model_storage.read_from(resource) as folder:
                model = joblib.load(folder / MODEL_FILE)
        except (ValueError, OSError) as error:
            raise RasaException(f"no model of values under {resource.name}: train again ({error})") from error
        return cls(config, model_storage, resource, model)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest the modules the component calls."""
        return nlu_digest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the values marked in the authored answers of ``training_data`` and persist the model."""
        examples = examples_of(training_data)
        self.use(self.learn(examples) if examples else None)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / MODEL_FILE)
        return self._resource

    def learn(self, examples: Sequence[Example]) -> ValueModel:
        """Return a model of the values marked in ``examples``."""
        rows = (character_features(example.clues) for example in examples)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "values.crf"
            train_tagger(
                rows, map(_tags, examples), path, smoothing=self.config["smoothing"], rounds=self.config["rounds"]
            )
            tagger = path.read_bytes()
        return ValueModel(tagger, self._learn_denials(examples), _names_of_telling(examples))

    def _learn_denials(self, examples: Iterable[Example]) -> LinearModel:
        documents: list[Counter[str]] = []
        labels: list[str] = []
        for example in examples:
            places = [(value.label, value.start, value.end) for value in example.values]
            for which, value in enumerate(example.values):
                documents.append(context_features(example.clues, places, which))
                labels.append(str(value.taken_back))
        strength, least = self.config["denial_strength"], self.config["denial_least"]
        return fit_counted(documents, labels, least=least, strength=strength)

    def process(self, messages: list[Message]) -> list[Message]:
        """Write the labelled values on each message; a button's payload is left alone."""
        for message in messages:
            if self._model is None or is_command(message.get(TEXT) or ""):
                continue
            clues = clues_of(message, question_asked(message))
            message.set(LABELLED, self.label(clues))
        return messages

    def label(self, clues: Clues) -> list[Labelled]:
        """Return the values of a message."""
        if self._model is None or self._tagger is None:
            return []
        spans = with_numbers(self._tagger.tag(character_features(clues)[: self.config["longest"]]), clues)
        telling = self._model.telling.get(clues.question.name, "message")
        places = [(telling if span.name == _WORDS else span.name, span.start, span.end) for span, _ in spans]
        return [
            Labelled(label, start, end, confidence, self._denied(clues, places, which))
            for which, ((label, start, end), (_, confidence)) in enumerate(zip(places, spans, strict=True))
        ]

    def _denied(self, clues: Clues, places: Sequence[tuple[str, int, int]], which: int) -> bool:
        assert self._model is not None  # label() looked
        model = self._model.denials
        scores = model.scores_of(context_features(clues, places, which))
        return model.labels[int(scores.argmax())] == str(True)


def with_numbers(spans: list[tuple[Span, float]], clues: Clues) -> list[tuple[Span, float]]:
    """Return the spans with the numbers that the extractor's rules have found: where both are, the rule's stands."""
    exact = [Span(_EXACT[one.name], one.start, one.end) for one in clues.entities if one.name in _EXACT]
    kept = [(span, sure) for span, sure in spans if not touching(exact, span.start, span.end)]
    return sorted([*kept, *((span, 1.0) for span in exact)], key=lambda one: one[0].start)


def _tags(example: Example) -> list[str]:
    spans = [Span(_WORDS if v.label in _TELLING else v.label, v.start, v.end) for v in example.values]
    return tags_of(spans, len(example.clues.text))


def _names_of_telling(examples: Iterable[Example]) -> dict[str, str]:
    """Return for each question what its free words are called most often."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        counts[example.clues.question.name].update(v.label for v in example.values if v.label in _TELLING)
    return {question: labels.most_common(1)[0][0] for question, labels in counts.items() if labels}
