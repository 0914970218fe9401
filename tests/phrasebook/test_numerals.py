"""Chinese numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phrasebook.numerals import FIGURES, TO_COMMON, TO_FIGURES, TO_FORMAL, read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("08", 8),
        ("三", 3),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十九", 99),
        ("一百零二", 102),
        ("一百二", 120),
        ("一百二十三", 123),
        ("两千五", 2500),
        ("两千零五", 2005),
        ("三万", 30_000),
        ("一万二", 12_000),
        ("十二万三千四百五十六", 123_456),
        ("二〇二六", 2026),
        ("", None),
        ("几", None),
        ("三点", None),
    ],
)
def test_numbers_as_people_say_them(text: str, number: int | None) -> None:
    """Units, digits one after the other and a unit left out at the end are read; other words are no number."""
    assert read_number(text) == number


@given(st.text(FIGURES, min_size=1))
def test_signs_and_figures_stand_for_each_other(figures: str) -> None:
    """Common and formal signs lead back to the figures they were made from."""
    assert figures.translate(TO_COMMON).translate(TO_FIGURES) == figures
    assert figures.translate(TO_FORMAL).translate(TO_FIGURES) == figures
