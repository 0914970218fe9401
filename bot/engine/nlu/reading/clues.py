"""What the learners look at: the folded text, its words and entities, and the question asked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import ENTITIES, ENTITY_ATTRIBUTE_TYPE, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.folding import FoldedText
from bot.engine.nlu.normaliser import folded_of
from bot.engine.nlu.reading.questions import Question


@dataclass(frozen=True)
class Span:
    """Characters of the folded text, with what they are."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Clues:
    """A message as the learners see it; all places count characters of the folded text."""

    question: Question
    folded: FoldedText
    words: tuple[Span, ...]
    entities: tuple[Span, ...]

    @property
    def text(self) -> str:
        """Return the folded text."""
        return self.folded.text


def clues_of(message: Message, question: Question) -> Clues:
    """Return what the learners look at; tokenizer and extractor have run before."""
    folded = folded_of(message)
    tokens = message.get(TOKENS_NAMES[TEXT]) or []
    words = []
    for token in tokens:
        start = folded_place(folded, token.start)
        words.append(Span(token.lemma, start, min(start + len(token.lemma), len(folded.text))))
    entities = [
        Span(
            str(entity[ENTITY_ATTRIBUTE_TYPE]),
            folded_place(folded, entity["start"]),
            folded_place(folded, entity["end"]),
        )
        for entity in message.get(ENTITIES) or []
    ]
    return Clues(question, folded, tuple(words), tuple(entities))


def folded_place(folded: FoldedText, place: int) -> int:
    """Return where a place of the original lies in the folded text."""
    if len(folded.text) == len(folded.original):
        return place
    return bisect_left(folded.origins, place)


def touching(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """Return the spans that share a character with ``start:end``."""
    return [span for span in spans if span.start < end and start < span.end]
