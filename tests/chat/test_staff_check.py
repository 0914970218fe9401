"""A clerk's sentence: refused with the reason and the words to say instead, or let go."""

from __future__ import annotations

import pytest

from bot.chat.services import utc_now
from bot.chat.speech.personal_data import personal_data_in
from bot.chat.staff.text_check import StaffCheck, check_staff_text
from phrasebook.book.load import load_phrases
from phrasebook.filter.check import shipped_checker
from phrasebook.live import APPROVED

BOOK = load_phrases(APPROVED)


def clerk(text: str, **more: object) -> StaffCheck:
    """Check a sentence with the shipped words."""
    return check_staff_text(BOOK, shipped_checker(), text, now=utc_now(), **more)  # type: ignore[arg-type]  # its keywords


def test_forbidden_sentence_is_refused_with_reason_and_words() -> None:
    """The clerk is told what was found, why it may not leave, and an approved sentence for it."""
    found = clerk("这个我不知道")
    assert found.refused
    first = found.objections[0]
    assert (first.found, first.kind, first.suggestion) == ("我不知道", "dont_know", "safe.dont_know")
    assert first.reason
    assert first.words in BOOK.get("safe.dont_know").variants


def test_impolite_address_is_asked_about() -> None:
    """A 你 is pointed out but does not keep the sentence back."""
    found = clerk("你稍等，我查一下")
    assert not found.refused
    assert [objection.level for objection in found.objections] == ["warn"]


def test_polite_sentence_is_let_go() -> None:
    """A courteous question has nothing against it."""
    assert clerk("不知道您方便的时间是几点？") == StaffCheck()


def test_what_is_cut_in_two_is_found() -> None:
    """A phrase that the bubble before began is refused too."""
    assert clerk("知道啊", previous="这个我不").refused


def test_customers_own_number_may_be_said() -> None:
    """The customer's number is no secret in the customer's conversation, a stranger's is."""
    text = "请问是13800138000吗？"
    assert clerk(text).refused
    assert not clerk(text, own=personal_data_in(["我的电话13800138000"], ())).refused


@pytest.mark.parametrize(
    ("scene", "said", "text", "lacks"),
    [
        ("complaint", (), "好的，我记下了。", ("致歉", "复述并请客户确认", "单号", "办结时限")),
        ("complaint", ("很抱歉，您说的是漏水，对吗？",), "单号T261122-00173，明天上午前答复您。", ()),
        ("refusal", (), "抱歉，退不了。", ("理由", "其他办法")),
        ("goodbye", (), "谢谢您，请问还有其他需要吗？", ()),
    ],
)
def test_what_a_scene_needs_is_told(scene: str, said: tuple[str, ...], text: str, lacks: tuple[str, ...]) -> None:
    """Complaint, refusal and goodbye tell what has not been said yet, the sentences before counted."""
    assert clerk(text, scene=scene, said=said).lacks == lacks
