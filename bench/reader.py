"""Run the pipeline's components without Rasa's graph, for measuring."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from rasa.shared.nlu.training_data.message import Message

from bench.entity_gold import RECEIVED
from bot.engine.nlu.danger import DangerDetector
from bot.engine.nlu.extractor import ChineseEntityExtractor
from bot.engine.nlu.normaliser import Normaliser
from bot.engine.nlu.tokenizer import DomainTokenizer

NO_SHOP = "no/such/lexicon.json"


def reader() -> Callable[[str], list[dict[str, Any]]]:
    """Return a function: text → entities, without a shop's lexicon, received at a fixed moment."""
    components = _components()

    def read(text: str) -> list[dict[str, Any]]:
        message = Message({"text": text, "metadata": {"received_at": RECEIVED}})
        for _, process in components:
            process(message)
        return list(message.get("entities") or [])

    return read


def stages(texts: list[str]) -> list[tuple[str, float, float]]:
    """Return (component, median ms, p95 ms) over ``texts``."""
    components = _components()
    times: dict[str, list[float]] = {name: [] for name, _ in components}
    for text in [*texts[:50], *texts]:
        message = Message({"text": text, "metadata": {"received_at": RECEIVED}})
        for name, process in components:
            start = time.perf_counter()
            process(message)
            times[name].append(1000 * (time.perf_counter() - start))
    measured = {name: np.array(values[50:]) for name, values in times.items()}
    measured["together (without the classifier)"] = np.sum(list(measured.values()), axis=0)
    return [(name, float(np.median(ms)), float(np.percentile(ms, 95))) for name, ms in measured.items()]


def _components() -> list[tuple[str, Callable[[Message], Any]]]:
    normaliser = Normaliser()
    tokenizer = DomainTokenizer({**DomainTokenizer.get_default_config(), "lexicon": NO_SHOP})
    danger = DangerDetector({})
    extractor = ChineseEntityExtractor({"lexicon": NO_SHOP})
    return [
        ("normaliser", lambda message: normaliser.process([message])),
        ("tokenizer", lambda message: tokenizer.process([message])),
        ("danger", lambda message: danger.process([message])),
        ("entities", lambda message: extractor.process([message], None)),
    ]
