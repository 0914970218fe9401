"""Which question a message answers: told by the bot's phrases, its slot, or its buttons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.reading.questions import load_questions, question_asked, question_named
from bot.engine.nlu.source_digest import ROOT
from phrasebook.book.load import load_phrases


def _asked(**asked: Any) -> Message:
    return Message({"text": "好", "metadata": {"asked": asked}})


def test_the_last_phrase_that_asks_counts() -> None:
    """Of several phrases the last one that asks something tells the question, before the slot does."""
    message = _asked(slot="confirmed", phrases=["contact.ask_name", "complaint.restate", "no.question"])
    assert question_asked(message).name == "confirm_complaint"


def test_the_slot_tells_the_question_without_a_phrase() -> None:
    """A journey's slot is enough where the phrase is not in the table."""
    assert question_asked(_asked(slot="digits", phrases=["proof.locked"])).name == "digits"


@pytest.mark.parametrize(("values", "form"), [([True, False], "consent"), (["a", "b"], "choice"), ([], "value")])
def test_an_unknown_question_is_told_by_its_buttons(values: list[Any], form: str) -> None:
    """Two truth values are a consent, others a choice, none a value."""
    options = [{"title": "", "value": value} for value in values]
    assert question_asked(_asked(slot="new_slot", phrases=[], options=options)).form == form


def test_nothing_asked_is_a_closing() -> None:
    """Outside a journey a message answers no question."""
    assert question_asked(Message({"text": "你好"})).name == "none"


def test_unknown_name_lists_what_there_is() -> None:
    """A question that is not in the table is an error that names those which are."""
    with pytest.raises(KeyError, match="order_number"):
        question_named("nothing")


def test_a_phrase_beside_two_questions_is_an_error(tmp_path: Path) -> None:
    """The table must be unambiguous."""
    path = tmp_path / "questions.yml"
    path.write_text("one: {form: value, slots: [a]}\ntwo: {form: value, slots: [a]}\n", encoding="utf8")
    with pytest.raises(ValueError, match="a asks both one and two"):
        load_questions.__wrapped__(path)


def test_the_table_fits_the_product() -> None:
    """Each phrase of the table is approved, each slot declared, and each question has examples and the reverse."""
    table, book = load_questions(), load_phrases(ROOT / "phrasebook" / "approved")
    assert [phrase for phrase in table.phrases if phrase not in book] == []
    declared = {slot.name for slot in Domain.load(str(ROOT / "domain.yml")).slots}
    assert set(table.slots) <= declared
    assert set(table.questions) == {path.stem for path in (ROOT / "data/nlu/answers").glob("*.yml")}
