"""The authored answers among the training data: question, act, kind and marked values of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, ENTITY_ATTRIBUTE_ROLE, ENTITY_ATTRIBUTE_TYPE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.extractor import ChineseEntityExtractor
from bot.engine.nlu.message_keys import METADATA, RECEIVED_AT
from bot.engine.nlu.normaliser import Normaliser
from bot.engine.nlu.reading.clues import Clues, clues_of, folded_place
from bot.engine.nlu.reading.questions import Question, question_named
from bot.engine.nlu.source_digest import ROOM
from bot.engine.nlu.tokenizer import DomainTokenizer

WRITERS = 6
"""Hands that wrote the answers, each a like share of every block."""
TAKEN_BACK = "taken_back"
"""Role of a value that the customer denies."""
_RECEIVED = "2026-11-23T10:00:00+08:00"
_NO_SHOP = str(ROOM / "no-shop.json")
"""No lexicon: what is learnt must not depend on which shop's words lay there when it was learnt."""


@dataclass(frozen=True)
class MarkedValue:
    """A value marked by the writer of an example; places count folded characters."""

    label: str
    start: int
    end: int
    taken_back: bool


@dataclass(frozen=True)
class Example:
    """An authored answer with what it is."""

    clues: Clues
    act: str
    kind: str | None
    values: tuple[MarkedValue, ...]
    writer: int
    """Which sixth of its block it stands in: the examples stand writer after writer, six of them."""
    choice: int | None = None
    """Place of the option chosen among those that the question of the file offers, from 0."""


def is_answer(message: Message) -> bool:
    """Say whether a training message is an authored answer (`data/nlu/answers`), not an utterance of an intent."""
    return "asked" in _about(message)


@lru_cache(maxsize=1)
def examples_of(training_data: TrainingData) -> tuple[Example, ...]:
    """Return the authored answers as the learners see them; found once for all components that learn from them."""
    answers = [message for message in training_data.training_examples if is_answer(message)]
    return tuple(_seen(answers)) if answers else ()


def _about(message: Message) -> dict[str, Any]:
    metadata = message.get(METADATA) or {}
    return metadata.get("intent") or {} if isinstance(metadata, dict) else {}


def _writers(answers: Sequence[Message]) -> Iterator[int]:
    """Yield for each answer which sixth of its block it stands in."""
    sizes = Counter(_block(answer) for answer in answers)
    places: Counter[str] = Counter()
    for answer in answers:
        block = _block(answer)
        yield places[block] * WRITERS // sizes[block]
        places[block] += 1


def _block(answer: Message) -> str:
    return repr(sorted(_about(answer).items()))


def _seen(answers: Sequence[Message]) -> Iterator[Example]:
    normaliser = Normaliser()
    tokenizer = DomainTokenizer({**DomainTokenizer.get_default_config(), "lexicon": _NO_SHOP})
    extractor = ChineseEntityExtractor({"lexicon": _NO_SHOP})
    for answer, writer in zip(answers, _writers(answers), strict=True):
        about = _about(answer)
        question = question_named(about["asked"])
        message = Message({TEXT: answer.get(TEXT), METADATA: {RECEIVED_AT: _RECEIVED}})
        normaliser.process([message])
        tokenizer.process([message])
        extractor.process([message], having_asked(question))
        clues = clues_of(message, question)
        kind, choice = about.get("kind"), about.get("choice")
        yield Example(
            clues,
            about["act"],
            None if kind is None else str(kind),
            tuple(_marked(answer, clues)),
            writer,
            None if choice is None else int(choice) - 1,
        )


def _marked(answer: Message, clues: Clues) -> Iterator[MarkedValue]:
    for entity in answer.get(ENTITIES) or []:
        start, end = (folded_place(clues.folded, entity[side]) for side in ("start", "end"))
        if start < end:
            yield MarkedValue(
                entity[ENTITY_ATTRIBUTE_TYPE], start, end, entity.get(ENTITY_ATTRIBUTE_ROLE) == TAKEN_BACK
            )


def having_asked(question: Question) -> DialogueStateTracker:
    """Return a conversation in which the question has just been asked."""
    return DialogueStateTracker("training", [TextSlot(REQUESTED_SLOT, [], initial_value=question.slot or None)])
