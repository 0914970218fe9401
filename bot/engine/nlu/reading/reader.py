"""Reader of answers: puts act, values, choice and kind together into one result (`bot/reading.py`)."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.entities.numbers import spoken_digits_as_figures
from bot.engine.nlu.folding import FoldedText
from bot.engine.nlu.message_keys import ACTS, ASKED, KIND, LABELLED, METADATA, READING
from bot.engine.nlu.normaliser import folded_of
from bot.engine.nlu.reading.choices import choose, options_of
from bot.engine.nlu.reading.labeller import Labelled
from bot.engine.nlu.reading.questions import question_asked
from bot.engine.nlu.source_digest import nlu_digest
from bot.reading import Act, Choice, Reading, Value

ENTITY_OF = {
    "order": ("order_number",), "phone": ("phone",), "ticket": ("ticket_number",), "digits": ("digits",),
    "time": ("time",), "amount": ("amount",), "product": ("product", "model"),
}  # fmt: skip
"""Entities whose rules give the normal form of a label's values."""
_NUMBERS = {"order": 12, "phone": 11, "digits": 4}
"""Figures in a whole number."""
_YES_OR_NO = frozenset({"consent", "restatement"})
_CHOOSING = frozenset({"answer", "partial", "agree", "agree_but", "correct", "add"})
"""Acts beside which a choice can stand."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class AnswerReader(GraphComponent):
    """Write the reading of an answer on each message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration, which is also its documentation."""
        return {
            # least share of `agree` that counts as a yes where a yes has consequences (docs/nlu.md, “Consent”)
            "consent": 0.8,
            # acts listed as likely
            "likely": 3,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = {**self.get_default_config(), **config}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnswerReader:
        """Create the component."""
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Digest the modules the component calls."""
        return nlu_digest()

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message whose act was classified; a button's payload has none."""
        for message in messages:
            if message.get(ACTS):
                message.set(READING, self.read(message).to_json(), add_to_output=True)
        return messages

    def read(self, message: Message) -> Reading:
        """Return the reading of a message that labeller and classifier have seen."""
        question = question_asked(message)
        shares = dict(message.get(ACTS))
        if question.form in _YES_OR_NO and shares.get("agree", 0.0) < self.config["consent"]:
            # Not sure enough for a yes: the next likely act stands, with a confidence that has it asked again.
            shares["agree"] = 0.0
        act = max(shares, key=lambda name: shares[name])
        likely = sorted(message.get(ACTS).items(), key=lambda one: -one[1])[: self.config["likely"]]
        values = values_of(message)
        return Reading(
            question=question.name,
            act=act,
            confidence=shares[act],
            likely=tuple(Act(name, share) for name, share in likely),
            values=tuple(values),
            choice=_choice(message, values) if act in _CHOOSING else None,
            kind=message.get(KIND),
        )


def values_of(message: Message) -> list[Value]:
    """Return the labelled values of a message with their words, places and normal forms."""
    folded = folded_of(message)
    entities = message.get(ENTITIES) or []
    return [_value(one, folded, entities) for one in message.get(LABELLED) or []]


def _value(labelled: Labelled, folded: FoldedText, entities: list[dict[str, Any]]) -> Value:
    start, end = folded.span(labelled.start, labelled.end)
    text = folded.original[start:end]
    return Value(
        label=labelled.label,
        text=text,
        start=start,
        end=end,
        value=_normal_form(labelled.label, text, [e for e in entities if e["start"] < end and start < e["end"]]),
        confidence=labelled.confidence,
        taken_back=labelled.taken_back,
    )


def _normal_form(label: str, text: str, touching: list[dict[str, Any]]) -> Any:
    found = next((e for e in touching if e["entity"] in ENTITY_OF.get(label, ())), None)
    if found is not None:
        return found.get("sku") or found["value"]
    if label in _NUMBERS:
        figures = re.sub(r"\D", "", spoken_digits_as_figures(text))
        return figures if len(figures) == _NUMBERS[label] else text
    return text


def _choice(message: Message, values: list[Value]) -> Choice | None:
    offered = ((message.get(METADATA) or {}).get(ASKED) or {}).get("options") or []
    if not offered:
        return None
    text = list(folded_of(message).text)
    for labelled in message.get(LABELLED) or []:
        if labelled.taken_back:
            text[labelled.start : labelled.end] = " " * (labelled.end - labelled.start)
    times = [value.value for value in values if value.label == "time" and not value.taken_back]
    return choose("".join(text), [time for time in times if isinstance(time, dict)], options_of(offered))
