"""The held-out answers, and a reader for them: what `bench.reading` measures."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.extractor import ChineseEntityExtractor
from bot.engine.nlu.message_keys import ASKED, METADATA, RECEIVED_AT
from bot.engine.nlu.normaliser import Normaliser
from bot.engine.nlu.reading.examples import Example, examples_of, having_asked
from bot.engine.nlu.reading.questions import question_named
from bot.engine.nlu.tokenizer import DomainTokenizer

ROOT = Path(__file__).resolve().parents[1]
HELD_OUT = ROOT / "tests/engine/nlu/data/answers_heldout.tsv"
DATA = ROOT / "data/nlu/answers"
RECEIVED = "2026-11-23T10:00:00+08:00"
_SLOTS = (("25T09", "25T11"), ("25T14", "25T16"), ("26T09", "26T11"), ("28T16", "28T18"))
_TIMES = ("周三上午9点至11点", "周三下午2点至4点", "周四上午9点至11点", "周六下午4点至6点")
OFFERS = {
    "choose_product": [{"title": name} for name in ("云雀X3", "云雀X3 Pro", "云雀Watch", "云雀Buds")],
    "choose_item": [{"title": name} for name in ("羽绒服", "牛仔裤")],
    "choose_ticket": [{"title": number} for number in ("T261120-00015", "T261121-00026", "T261122-00173")],
    "choose_time": [
        {"title": title, "start": f"2026-11-{start}:00:00+08:00", "end": f"2026-11-{end}:00:00+08:00"}
        for title, (start, end) in zip(_TIMES, _SLOTS, strict=True)
    ],
}
"""What was on offer when the answers to these questions were written."""
_MARKED = re.compile(r"(?<!\\)\[([^\[\]]*)\]\((-?)(\w+)\)")


@dataclass(frozen=True)
class Gold:
    """A value as its writer marked it; places count characters of the message."""

    label: str
    start: int
    end: int
    taken_back: bool


@dataclass(frozen=True)
class Row:
    """A held-out answer."""

    asked: str
    act: str
    kind: str | None
    text: str
    values: tuple[Gold, ...]
    choice: int | None = None
    """Place of the option chosen, from 0, where options were on offer."""


def held_out(path: Path = HELD_OUT) -> list[Row]:
    """Read the answers of the writer that nothing was learnt from."""
    lines = path.read_text(encoding="utf8").splitlines()
    return [row_of_line(line) for line in lines if line and not line.startswith("#")]


def row_of_line(line: str) -> Row:
    """Read a line: question, act, kind and message, its values marked `[words](label)` or `[words](-label)`."""
    asked, act, kind, marked = line.split("\t")
    text, values, place = "", [], 0
    for match in _MARKED.finditer(marked):
        text += marked[place : match.start()]
        values.append(Gold(match[3], len(text), len(text) + len(match[1]), bool(match[2])))
        text += match[1]
        place = match.end()
    picked = int(kind) - 1 if asked in OFFERS and kind.isdigit() else None
    said = None if kind == "-" or picked is not None else kind
    return Row(asked, act, said, text + marked[place:], tuple(values), picked)


def row_of(example: Example) -> Row:
    """Return a training example as a row to be judged."""
    folded = example.clues.folded
    values = [Gold(v.label, *folded.span(v.start, v.end), v.taken_back) for v in example.values]
    return Row(example.clues.question.name, example.act, example.kind, folded.original, tuple(values), example.choice)


def authored() -> list[Example]:
    """Return the authored answers as the learners see them."""
    return examples_of(load_data(str(DATA)))


def preparer(lexicon: str | Path) -> Callable[[Row], Message]:
    """Return a function: row → message as the reading's parts get it."""
    normaliser = Normaliser()
    tokenizer = DomainTokenizer({**DomainTokenizer.get_default_config(), "lexicon": str(lexicon)})
    extractor = ChineseEntityExtractor({"lexicon": str(lexicon)})

    def prepare(row: Row) -> Message:
        question = question_named(row.asked)
        metadata = {RECEIVED_AT: RECEIVED, ASKED: {"question": row.asked, "options": OFFERS.get(row.asked, [])}}
        message = Message({"text": row.text, METADATA: metadata})
        normaliser.process([message])
        tokenizer.process([message])
        extractor.process([message], having_asked(question))
        return message

    return prepare
