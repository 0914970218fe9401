"""Run the pipeline's components without Rasa's graph, for measuring."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from ruamel.yaml import YAML

from bench.entity_gold import RECEIVED
from bot.engine.nlu.classifier import NgramIntentClassifier
from bot.engine.nlu.danger import DangerDetector
from bot.engine.nlu.explicit_intents import ExplicitIntents
from bot.engine.nlu.extractor import ChineseEntityExtractor
from bot.engine.nlu.fallback import LowConfidenceFallback
from bot.engine.nlu.linear import LinearModel
from bot.engine.nlu.normaliser import Normaliser
from bot.engine.nlu.tokenizer import DomainTokenizer

NO_SHOP = "no/such/lexicon.json"
CONFIG = Path(__file__).resolve().parents[1] / "config.yml"
CATALOGUE = Path(__file__).resolve().parents[1] / "bot/packs/retail/catalogue.yml"


def shop_words(folder: Path) -> Path:
    """Write the words of the retail shop's goods into ``folder`` in the lexicon's form; return the file."""
    goods = YAML(typ="safe").load(CATALOGUE)["products"]
    lexicon = folder / "lexicon.json"
    lexicon.write_text(json.dumps({"products": goods}), encoding="utf8")
    return lexicon


def reader(lexicon: str | Path = NO_SHOP) -> Callable[[str, str], list[dict[str, Any]]]:
    """Return a function: text, asked slot → entities, received at a fixed moment.

    Args:
        lexicon: the shop's words; none by default.
    """
    components = list(_components(lexicon).values())

    def read(text: str, asked: str) -> list[dict[str, Any]]:
        message = Message({"text": text, "metadata": {"received_at": RECEIVED}, "asked": asked})
        for process in components:
            process(message)
        return list(message.get("entities") or [])

    return read


def intent_reader(model: LinearModel) -> Callable[[str], tuple[str, float]]:
    """Return a function: text → intent and confidence, as the shipped pipeline gives them with a trained classifier."""
    components = _judging(model)

    def understand(text: str) -> tuple[str, float]:
        message = Message({"text": text})
        for process in components.values():
            process(message)
        intent = message.get("intent")
        return intent["name"], float(intent["confidence"])

    return understand


def stages(model: LinearModel, texts: list[str]) -> list[tuple[str, float, float]]:
    """Return (component, median ms, p95 ms) over ``texts``."""
    components = list((_components() | _judging(model)).items())
    times: dict[str, list[float]] = {name: [] for name, _ in components}
    for text in [*texts[:50], *texts]:
        message = Message({"text": text, "metadata": {"received_at": RECEIVED}})
        for name, process in components:
            start = time.perf_counter()
            process(message)
            times[name].append(1000 * (time.perf_counter() - start))
    measured = {name: np.array(values[50:]) for name, values in times.items()}
    measured["together"] = np.sum(list(measured.values()), axis=0)
    return [(name, float(np.median(ms)), float(np.percentile(ms, 95))) for name, ms in measured.items()]


def _components(lexicon: str | Path = NO_SHOP) -> dict[str, Callable[[Message], Any]]:
    normaliser = Normaliser()
    tokenizer = DomainTokenizer({**DomainTokenizer.get_default_config(), "lexicon": str(lexicon)})
    extractor = ChineseEntityExtractor({"lexicon": str(lexicon)})
    return {
        "normaliser": lambda message: normaliser.process([message]),
        "tokenizer": lambda message: tokenizer.process([message]),
        "entities": lambda message: extractor.process([message], _having_asked(message.get("asked"))),
    }


def _having_asked(slot: str | None) -> DialogueStateTracker | None:
    """Return a conversation in which the bot has just asked for ``slot``."""
    if not slot:
        return None
    return DialogueStateTracker("bench", [TextSlot("requested_slot", [], initial_value=slot)])


def _judging(model: LinearModel) -> dict[str, Callable[[Message], Any]]:
    """Return what judges the intent, set as `config.yml` sets it."""
    steps = {step.pop("name").rsplit(".", 1)[-1]: step for step in YAML(typ="safe").load(CONFIG)["pipeline"]}
    # A model that is given needs no place to be read from.
    nowhere = cast(ModelStorage, None)
    classifier = NgramIntentClassifier(steps["NgramIntentClassifier"], nowhere, Resource("none"), model)
    outright = ExplicitIntents({**ExplicitIntents.get_default_config(), **steps["ExplicitIntents"]})
    danger = DangerDetector(steps["DangerDetector"])
    doubt = LowConfidenceFallback({**LowConfidenceFallback.get_default_config(), **steps["LowConfidenceFallback"]})
    return {
        "classifier, wishes": lambda message: classifier.process([message]),
        "outright": lambda message: outright.process([message]),
        "danger": lambda message: danger.process([message]),
        "doubt": lambda message: doubt.process([message]),
    }
