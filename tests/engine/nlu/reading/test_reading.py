"""The reading's components in Rasa's way: trained, persisted, loaded, run; buttons left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.classifier import NgramIntentClassifier
from bot.engine.nlu.message_keys import ACTS, LABELLED
from bot.engine.nlu.reading.classifier import AnswerClassifier
from bot.engine.nlu.reading.labeller import ValueLabeller
from bot.engine.nlu.reading.reader import AnswerReader
from bot.reading import Reading

Read = Callable[..., Reading]


@pytest.fixture
def read(
    storage: LocalModelStorage, context: ExecutionContext, answers: TrainingData, asked: Callable[..., Message]
) -> Read:
    """Return a function: text, question → reading, by components trained, persisted and loaded again."""
    for component in (ValueLabeller, AnswerClassifier):
        component.create({}, storage, Resource(component.__name__), context).train(answers)
    labeller = ValueLabeller.load({}, storage, Resource("ValueLabeller"), context)
    classifier = AnswerClassifier.load({}, storage, Resource("AnswerClassifier"), context)
    reader = AnswerReader.create({"consent": 0.4}, storage, Resource("AnswerReader"), context)

    def run(text: str, question: str, **more: Any) -> Reading:
        message = asked(text, question, **more)
        for component in (labeller, classifier, reader):
            component.process([message])
        return Reading.from_json(message.get("reading"))

    return run


def test_an_answer_is_read_with_its_value(read: Read) -> None:
    """The act, and the value without the words around it, in places of the original text."""
    reading = read("我叫　蒋明", "name")
    assert reading.act == "answer"
    assert [(v.label, v.text, v.start, v.end) for v in reading.values] == [("name", "蒋明", 3, 5)]


def test_a_value_taken_back_is_marked(read: Read) -> None:
    """“不是周三，是周四” tells Thursday, in its normal form."""
    reading = read("不是周三，是周四", "wished_time")
    assert [(v.text, v.taken_back) for v in reading.values] == [("周三", True), ("周四", False)]
    assert reading.told("time")[0].value["start"] == "2026-11-26T00:00:00+08:00"


def test_exact_numbers_come_from_the_rules(read: Read) -> None:
    """A phone is labelled whichever question was asked, though no example holds one."""
    reading = read("电话139-1234-5678", "name")
    assert [(v.label, v.value) for v in reading.values if v.label == "phone"] == [("phone", "13912345678")]


def test_a_reserve_is_no_consent(read: Read) -> None:
    """“好是好就是…” is heard as a reserve, a plain yes as a consent."""
    assert read("没问题", "confirm_repair").act == "agree"
    assert read("好是好就是时间不对", "confirm_repair").act == "agree_but"


def test_an_unsure_yes_is_no_consent(storage: LocalModelStorage, asked: Callable[..., Message]) -> None:
    """A yes below the threshold is taken for the next likely act, where yes or no was asked, and nowhere else."""
    reader = AnswerReader({"consent": 0.8})
    for question, act in (("confirm_repair", "add"), ("opened", "agree")):
        message = asked("嗯那个", question)
        message.set(ACTS, {"agree": 0.7, "add": 0.2, "answer": 0.1})
        assert reader.read(message).act == act


def test_a_kind_is_read(read: Read) -> None:
    """A closed question has its kind."""
    assert read("没拆开过", "opened").kind == "sealed"
    assert read("我叫蒋明", "name").kind is None


def test_a_choice_is_read(read: Read) -> None:
    """An option on offer is chosen by its title."""
    options = [{"title": "羽绒服", "value": "a"}, {"title": "牛仔裤", "value": "b"}]
    choice = read("牛仔裤", "choose_item", options=options).choice
    assert choice is not None and choice.index == 1


@pytest.mark.parametrize("payload", ['/inform{"wish": "refund"}', " /greet"])
def test_buttons_are_left_alone(
    answers: TrainingData, context: ExecutionContext, storage: LocalModelStorage, payload: str
) -> None:
    """A button's payload is Rasa's to read."""
    message = Message({"text": payload})
    for component in (ValueLabeller, AnswerClassifier):
        made = component.create({}, storage, Resource(component.__name__), context)
        made.train(answers)
        made.process([message])
    AnswerReader({}).process([message])
    assert (message.get(LABELLED), message.get(ACTS), message.get("reading")) == (None, None, None)


@pytest.mark.parametrize("component", [ValueLabeller, AnswerClassifier])
def test_missing_model_says_so(storage: LocalModelStorage, context: ExecutionContext, component: Any) -> None:
    """Loading without a persisted model fails with a sentence that says what to do."""
    with pytest.raises(RasaException, match="train again"):
        component.load({}, storage, Resource("nothing"), context)


@pytest.mark.parametrize("component", [ValueLabeller, AnswerClassifier])
def test_without_answers_nothing_is_read(
    storage: LocalModelStorage, context: ExecutionContext, asked: Callable[..., Message], component: Any
) -> None:
    """Data without authored answers train a component that reads nothing, and fail nowhere."""
    component.create({}, storage, Resource("empty"), context).train(
        TrainingData([Message({"text": "x", "intent": "greet"})])
    )
    message = asked("好", "name")
    component.load({}, storage, Resource("empty"), context).process([message])
    assert not message.get(ACTS) and not message.get(LABELLED)


def test_answers_are_no_intents(storage: LocalModelStorage, context: ExecutionContext, answers: TrainingData) -> None:
    """The intent classifier does not learn from the authored answers."""
    utterances = [
        Message({"text": t, "intent": i})
        for i, t in (("greet", "你好"), ("greet", "您好"), ("thank", "谢谢"), ("thank", "多谢"))
    ]
    classifier = NgramIntentClassifier.create({}, storage, Resource("intents"), context)
    classifier.train(answers.merge(TrainingData(utterances)))
    message = Message({"text": "确认"})
    classifier.process([message])
    assert {one["name"] for one in message.get("intent_ranking")} == {"greet", "thank"}
