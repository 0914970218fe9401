"""A few authored answers, and messages that were asked something, for the tests of reading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bench.answers import row_of_line
from bot.engine.nlu.extractor import ChineseEntityExtractor
from bot.engine.nlu.normaliser import Normaliser
from bot.engine.nlu.tokenizer import DomainTokenizer

ANSWERS = {
    ("name", "answer", None): ["我叫[蒋明](name)", "喊我[王芳](name)就行", "[李小明](name)", "我是[赵云](name)啊"],
    ("name", "refuse", None): ["不想说", "不方便告诉你", "名字就不说了", "凭什么告诉你"],
    ("confirm_repair", "agree", None): ["对的", "没问题", "确认", "嗯登记吧"],
    ("confirm_repair", "agree_but", None): ["好是好就是时间不对", "对不过电话要换", "可以是可以就怕没空"],
    ("opened", "answer", "opened"): ["拆了", "拆开看了", "打开过", "拆过了"],
    ("opened", "answer", "sealed"): ["没拆", "没打开过", "原封没动", "没有拆"],
    ("wished_time", "answer", None): ["[周四](time)吧", "不是[周三](-time)，是[周四](time)", "除了[周日](-time)都行"],
}  # fmt: skip


@pytest.fixture(scope="session")
def answers() -> TrainingData:
    """Return some authored answers, as Rasa reads them from data/nlu/answers."""
    return TrainingData(
        [
            _authored(asked, act, kind, line + end)
            for (asked, act, kind), lines in ANSWERS.items()
            for end in ("", "。")
            for line in lines
        ]
    )


def _authored(asked: str, act: str, kind: str | None, line: str) -> Message:
    row = row_of_line(f"{asked}\t{act}\t{kind or '-'}\t{line}")
    about = {"asked": asked, "act": act} | ({"kind": kind} if kind else {})
    entities = [
        {"entity": v.label, "start": v.start, "end": v.end, **({"role": "taken_back"} if v.taken_back else {})}
        for v in row.values
    ]
    return Message({"text": row.text, "intent": "reply", "entities": entities, "metadata": {"intent": about}})


@pytest.fixture(scope="session")
def asked(lexicon: Path) -> Callable[..., Message]:
    """Return a function: text and question → message as the reading's parts get it."""
    normaliser = Normaliser()
    tokenizer = DomainTokenizer({**DomainTokenizer.get_default_config(), "lexicon": str(lexicon)})
    extractor = ChineseEntityExtractor({"lexicon": str(lexicon)})

    def ask(text: str, question: str, options: list[dict[str, Any]] | None = None) -> Message:
        metadata = {
            "received_at": "2026-11-23T10:00:00+08:00",
            "asked": {"question": question, "options": options or []},
        }
        message = Message({"text": text, "metadata": metadata})
        normaliser.process([message])
        tokenizer.process([message])
        extractor.process([message], None)  # type: ignore[arg-type]
        return message

    return ask
