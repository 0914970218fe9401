"""Components in Rasa's way: trained, persisted, loaded, run; buttons left alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.classifier import NgramIntentClassifier
from bot.engine.nlu.danger import DangerDetector
from bot.engine.nlu.explicit_intents import ExplicitIntents
from bot.engine.nlu.folding import fold_text
from bot.engine.nlu.lexicon import Lexicon
from bot.engine.nlu.normaliser import Normaliser, folded_of
from bot.engine.nlu.segment import Segmenter
from bot.engine.nlu.tokenizer import DomainTokenizer

EXAMPLES = {
    "logistics": ["我的快递到哪了", "包裹怎么还没到", "物流不动了", "快递几天能到"],
    "invoice": ["发票怎么开", "我要开专票", "发票抬头写错了", "电子发票在哪"],
    "return_goods": ["我要退货", "衣服小了想退", "这个能退吗", "怎么申请退货"],
    "emergency": ["家里着火了", "插座冒烟了", "闻到煤气味", "电梯困人了"],
}


@pytest.fixture
def training_data() -> TrainingData:
    """Return a few utterances of four intents."""
    return TrainingData([Message({"text": t, "intent": i}) for i, texts in EXAMPLES.items() for t in texts])


@pytest.fixture
def classifier(
    storage: LocalModelStorage, resource: Resource, context: ExecutionContext, training_data: TrainingData
) -> NgramIntentClassifier:
    """Return a classifier that was trained, persisted and loaded again."""
    config = NgramIntentClassifier.get_default_config()
    NgramIntentClassifier.create(config, storage, resource, context).train(training_data)
    return NgramIntentClassifier.load(config, storage, resource, context)


def test_trained_classifier_is_loaded(classifier: NgramIntentClassifier) -> None:
    """A classifier that was persisted and loaded knows the intents of new wordings, with shares that sum to one."""
    message = Message({"text": "ＭＹ快遞到哪裡啦？"})
    classifier.process([message])
    assert message.get("intent")["name"] == "logistics"
    assert sum(one["confidence"] for one in message.get("intent_ranking")) == pytest.approx(1)


def test_missing_model_says_so(storage: LocalModelStorage, context: ExecutionContext) -> None:
    """Loading without a persisted model fails with a sentence that says what to do."""
    with pytest.raises(RasaException, match="train again"):
        NgramIntentClassifier.load({}, storage, Resource("nothing"), context)


def test_training_is_repeatable(
    storage: LocalModelStorage, context: ExecutionContext, training_data: TrainingData
) -> None:
    """Two trainings on the same data answer alike to the last digit."""
    rankings = []
    for name in ("one", "two"):
        component = NgramIntentClassifier.create({}, storage, Resource(name), context)
        component.train(training_data)
        message = Message({"text": "想退掉"})
        component.process([message])
        rankings.append(message.get("intent_ranking"))
    assert rankings[0] == rankings[1]


@pytest.mark.parametrize("payload", ['/inform{"wish": "refund"}', "/greet", " /greet"])
def test_buttons_are_left_alone(
    classifier: NgramIntentClassifier, read: Callable[..., list[dict[str, Any]]], payload: str
) -> None:
    """A button's payload is Rasa's to read: no intent, no danger, no entity of ours is written on it."""
    message = Message({"text": payload})
    classifier.process([message])
    DangerDetector({}).process([message])
    assert message.get("intent") is None
    assert read(payload) == []


def test_danger_overrides_and_keeps_the_ranking(classifier: NgramIntentClassifier) -> None:
    """A danger becomes the intent and the former intents stay in the ranking."""
    message = Message({"text": "快递刚到 插座冒烟了 快来人"})
    classifier.process([message])
    DangerDetector({"agreement": 0}).process([message])
    assert message.get("intent")["name"] == "emergency"
    assert [one["name"] for one in message.get("intent_ranking")].count("emergency") == 1
    assert len(message.get("intent_ranking")) == 4


def test_several_wishes_in_order(classifier: NgramIntentClassifier) -> None:
    """Two wishes in one message are told in order, with their words."""
    message = Message({"text": "我的快递到哪了，另外发票怎么开"})
    NgramIntentClassifier.process(classifier, [message])
    wishes = message.get("wishes")
    assert [wish["intent"] for wish in wishes] == ["logistics", "invoice"]
    assert wishes[0]["text"] == "我的快递到哪了"
    assert "wishes" in message.output_properties


def test_one_wish_is_not_split(classifier: NgramIntentClassifier) -> None:
    """A reason before a wish is no wish of its own."""
    message = Message({"text": "衣服小了，我要退货"})
    classifier.process([message])
    assert message.get("wishes") == []


def test_blanks_become_no_tokens(lexicon: Path) -> None:
    """Blanks make no tokens, and the tokens' spans lie in the original text (rasa#7910)."""
    tokenizer = DomainTokenizer({**DomainTokenizer.get_default_config(), "lexicon": str(lexicon)})
    text = "我　要 退貨\u200b ，  謝謝"
    message = Message({"text": text})
    Normaliser().process([message])
    tokenizer.process([message])
    tokens = message.get(TOKENS_NAMES[TEXT])
    assert all(token.text.strip() == token.text for token in tokens)
    assert [token.lemma for token in tokens] == ["我", "要", "退货", ",", "谢谢"]
    assert all(text[token.start : token.end] == token.text for token in tokens)


def test_product_words_without_retraining(tmp_path: Path) -> None:
    """A product written into the lexicon while the engine runs is a word from the next message on."""
    path = tmp_path / "lexicon.json"
    segmenter = Segmenter(Lexicon(path))
    assert [word for word, _, _ in segmenter.words("魔芋爽脆片好吃")] != ["魔芋爽脆片", "好吃"]
    path.write_text(json.dumps({"products": [{"sku": "F-1", "name": "魔芋爽脆片"}]}), encoding="utf8")
    assert [word for word, _, _ in segmenter.words("魔芋爽脆片好吃")] == ["魔芋爽脆片", "好吃"]


@pytest.mark.parametrize("broken", ["{", '{"products": [{"name": "x"}]}', "[]"])
def test_broken_lexicon_keeps_the_last_words(tmp_path: Path, broken: str) -> None:
    """A broken file leaves the words that were known before."""
    path = tmp_path / "lexicon.json"
    path.write_text(json.dumps({"products": [{"sku": "F-1", "name": "魔芋爽脆片"}]}), encoding="utf8")
    lexicon = Lexicon(path)
    lexicon.refresh()
    path.write_text(broken, encoding="utf8")
    os.utime(path, (1, 1))
    lexicon.refresh()
    assert [product.sku for product in lexicon.products] == ["F-1"]


def test_fingerprint_follows_the_files() -> None:
    """Every component's fingerprint has a digest of what it depends on."""
    addons = {component.fingerprint_addon({}) for component in (Normaliser, DomainTokenizer, NgramIntentClassifier)}
    assert len(addons) == 1
    assert len(addons.pop() or "") == 64


@given(st.text(max_size=60))
def test_offsets_lead_back(text: str) -> None:
    """Each folded character comes from a place in the original, in order, and folding its origin gives it."""
    folded = fold_text(text)
    assert len(folded.origins) == len(folded.text)
    assert list(folded.origins) == sorted(folded.origins)
    for place in range(len(folded.text)):
        start, end = folded.span(place, place + 1)
        assert folded.text[place] in fold_text(text[start:end]).text


def test_folded_text_follows_the_message() -> None:
    """The folded text is made anew when the message's text is another one."""
    message = Message({"text": "Ａ"})
    Normaliser().process([message])
    message.set(TEXT, "Ｂ")
    assert folded_of(message).text == "b"


@pytest.mark.parametrize(("guess", "confidence"), [("abuse", 0.86), ("inform", 0.99)])
def test_wish_said_outright_heads_the_ranking(guess: str, confidence: float) -> None:
    """A wish in so many words outweighs anger and facts, and leads the ranking, so that nobody doubts it."""
    ranking = [{"name": guess, "confidence": confidence}, {"name": "repair_booking", "confidence": 0.01}]
    message = Message({"text": "什么破冰箱，给我来修", "intent": ranking[0], "intent_ranking": ranking})
    ExplicitIntents(ExplicitIntents.get_default_config()).process([message])
    assert message.get("intent")["name"] == "repair_booking"
    assert [one["name"] for one in message.get("intent_ranking")] == ["repair_booking", guess]
    shares = [one["confidence"] for one in message.get("intent_ranking")]
    assert shares == sorted(shares, reverse=True)


def test_certain_guess_stands() -> None:
    """Words of another wish do not outweigh a guess that is certain."""
    guess = {"name": "complaint", "confidence": 0.99}
    message = Message({"text": "叫人来修修了三次都没修好", "intent": guess, "intent_ranking": [guess]})
    ExplicitIntents(ExplicitIntents.get_default_config()).process([message])
    assert message.get("intent") == guess
