"""Folding: one form for every way of writing, and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phrasebook.filter.fold import find_unfolded, find_unusual, fold, fold_map, is_folded

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＳＢ", "sb"),
        ("妳著裡", "你着里"),
        ("ⓢⓑ⒮⒝", "sbsb"),
        ("fυck fսck", "fuck fuck"),
        ("①⑴➊❶⓵１²", "1111112"),
        ("不\u200b知\u00ad道\ufe0f", "不知道"),
        ("𝒔𝒃", "sb"),
        ("🇸🇧", "sb"),
        ("é", "e"),
        ("\ud800", "\ufffd"),
        ("卟知道", "不知道"),
        ("您好，请稍候。", "您好，请稍候。"),
    ],
)
def test_ways_of_writing_become_one(written: str, folded: str) -> None:
    """Width, case, style, traditional forms, look-alikes, digits and invisible characters are folded."""
    assert fold(written) == folded


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    """Folding is idempotent for any text."""
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_map_agrees_and_leads_back(text: str) -> None:
    """The map gives the same text, and each folded character comes from the character it names."""
    folded, origins = fold_map(text)
    assert folded == fold(text)
    assert len(origins) == len(folded)
    assert origins == sorted(origins)
    for index, char in zip(origins, folded, strict=True):
        assert char in fold(text[index])


def test_every_character_is_folded_for_itself() -> None:
    """Each code point folds alone as it does in a text, capitals too, and folding it again changes nothing."""
    for code in range(0x110000):
        char = chr(code)
        folded = fold_map(char)[0]
        if fold(char) != folded or fold(folded) != folded:
            raise AssertionError(f"U+{code:04X}: {fold(char)!r} {folded!r} {fold(folded)!r}")
        if folded == char != char.lower() and is_folded(char.lower()):
            raise AssertionError(f"U+{code:04X} is its own folding, its small letter too: lowering would change it")


@given(ANY_TEXT)
def test_a_plain_text_is_its_own_folding(text: str) -> None:
    """A text without unusual characters needs no folding."""
    unusual = find_unusual(text)
    if unusual is None:
        assert find_unfolded(text) is None
        assert is_folded(text)
        assert fold(text) is text
    else:
        assert find_unfolded(text[: unusual.start()]) is None
