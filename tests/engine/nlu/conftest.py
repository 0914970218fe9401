"""What the tests of understanding share: the moment of a message, components in Rasa's way, a small shop."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.extractor import ChineseEntityExtractor
from bot.engine.nlu.normaliser import Normaliser
from bot.engine.nlu.tokenizer import DomainTokenizer

RECEIVED = "2026-11-20T10:00:00+08:00"  # a Friday
SHOP = {
    "products": [
        {"sku": "AP-1", "name": "青禾空气炸锅", "category": "家电", "model": "QH-AF30", "words": ["炸锅", "空气炸锅"]},
        {"sku": "AP-2", "name": "青禾冰箱", "category": "家电", "model": "QH-BX420", "words": ["冰箱"]},
        {"sku": "AP-3", "name": "小冰箱", "category": "家电", "model": "QH-BX216", "words": ["冰箱"]},
    ]
}


class FakeTracker:
    """Holds what the extractor reads of a tracker: the slot that was asked for."""

    def __init__(self, requested: str | None) -> None:
        """Remember the requested slot."""
        slot = type("Slot", (), {"value": requested})
        self.slots = {"requested_slot": slot}


@pytest.fixture(scope="session")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the small shop's words."""
    path = tmp_path_factory.mktemp("var") / "lexicon.json"
    path.write_text(json.dumps(SHOP, ensure_ascii=False), encoding="utf8")
    return path


@pytest.fixture(scope="session")
def context() -> ExecutionContext:
    """Return Rasa's context of a run."""
    return ExecutionContext(GraphSchema({}))


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[LocalModelStorage]:
    """Return a model storage that is gone after the test."""
    yield LocalModelStorage.create(tmp_path)


@pytest.fixture
def resource() -> Resource:
    """Return the name under which a component persists."""
    return Resource("classifier")


@pytest.fixture(scope="session")
def read(lexicon: Path) -> Callable[..., list[dict[str, Any]]]:
    """Return a function that runs normaliser, tokenizer and extractor on a text."""
    normaliser = Normaliser()
    tokenizer = DomainTokenizer({**DomainTokenizer.get_default_config(), "lexicon": str(lexicon)})
    extractor = ChineseEntityExtractor({"lexicon": str(lexicon)})

    def run(text: str, *, asked: str | None = None, at: str = RECEIVED) -> list[dict[str, Any]]:
        message = Message({"text": text, "metadata": {"received_at": at}})
        normaliser.process([message])
        tokenizer.process([message])
        extractor.process([message], FakeTracker(asked))  # type: ignore[arg-type]
        return list(message.get("entities") or [])

    return run
