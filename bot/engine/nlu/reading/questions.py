"""The question a message answers: the product's phrases and slots mapped to the questions that were learnt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from rasa.shared.nlu.training_data.message import Message
from ruamel.yaml import YAML

from bot.engine.nlu.message_keys import ASKED, METADATA

TABLE = Path(__file__).with_name("questions.yml")
NONE = "none"
"""Name of the question when nothing was asked."""


@dataclass(frozen=True)
class Question:
    """A question as it was learnt.

    Args:
        name: as in `data/nlu/answers`.
        form: `value`, `words`, `choice`, `consent`, `restatement` or `closing`.
        asks: label of the value asked for, empty where it is none.
        slot: slot for which the extractor reads bare answers, empty where there is none.
    """

    name: str
    form: str
    asks: str = ""
    slot: str = ""


@dataclass(frozen=True)
class QuestionTable:
    """The questions by name, and what asks them."""

    questions: Mapping[str, Question]
    phrases: Mapping[str, str]
    slots: Mapping[str, str]


@lru_cache(maxsize=1)
def load_questions(path: Path = TABLE) -> QuestionTable:
    """Read the table.

    Raises:
        ValueError: a phrase or a slot stands beside two questions.
    """
    rows = cast("dict[str, dict[str, Any]]", YAML(typ="safe").load(path.read_text(encoding="utf8")))
    phrases: dict[str, str] = {}
    slots: dict[str, str] = {}
    for name, row in rows.items():
        for found, key in ((phrases, "phrases"), (slots, "slots")):
            for one in row.get(key, []):
                if one in found:
                    raise ValueError(f"{path}: {one} asks both {found[one]} and {name}; name it once")
                found[one] = name
    questions = {
        name: Question(name, row["form"], row.get("asks", ""), next(iter(row.get("slots", [])), ""))
        for name, row in rows.items()
    }
    return QuestionTable(questions, phrases, slots)


def question_named(name: str) -> Question:
    """Return a question of the table.

    Raises:
        KeyError: it has none of that name; the message lists what there is.
    """
    known = load_questions().questions
    if name not in known:
        raise KeyError(f"no question {name}; available: {', '.join(sorted(known))}")
    return known[name]


def question_asked(message: Message) -> Question:
    """Return the question that the turn wrote on a message as `asked` (`bot/engine/dialogue/asked.py`).

    Who knows the question itself may write it as `question`. One that is not in the table is told by its buttons:
    two truth values are a consent, others a choice.
    """
    asked = (message.get(METADATA) or {}).get(ASKED) or {}
    if asked.get("question"):
        return question_named(asked["question"])
    table = load_questions()
    slot = str(asked.get("slot") or "")
    for phrase in reversed(asked.get("phrases") or []):
        if phrase in table.phrases:
            return table.questions[table.phrases[phrase]]
    if slot in table.slots:
        return table.questions[table.slots[slot]]
    if not slot:
        return Question(NONE, "closing")
    values = [option["value"] for option in asked.get("options") or []]
    if values and all(isinstance(value, bool) for value in values):
        return Question(slot, "consent", slot=slot)
    return Question(slot, "choice" if values else "value", slot=slot)
