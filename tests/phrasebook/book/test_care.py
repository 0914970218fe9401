"""Care groups: told by the customers themselves, in their own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from phrasebook.book.care import load_care, shipped_care_groups
from phrasebook.errors import InvalidFilesError


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("我七十多岁了，不会弄", "elderly"),
        ("我今年68了", "elderly"),
        ("我年纪大了看不清", "elderly"),
        ("我一个老人家在家", "elderly"),
        ("我是盲人", "impaired"),
        ("我腿脚不方便", "impaired"),
        ("我怀孕了，搬不动", "expectant"),
    ],
)
def test_customer_tells_to_want_care(text: str, group: str) -> None:
    """Age, a disability or a pregnancy that customers tell of themselves name their group."""
    assert shipped_care_groups().group_told(["你好", text]) == group


@pytest.mark.parametrize(
    "text",
    ["我六十块买的", "我妈七十多了", "给老人买的", "我要轮椅", "孕妇能用吗", "你们的听力耳机有货吗", "我买了60个", ""],
)
def test_others_and_goods_tell_nothing(text: str) -> None:
    """Prices, goods and other people say nothing of the customer."""
    assert shipped_care_groups().group_told([text]) is None


def test_bad_file_is_told_with_line_and_cause(tmp_path: Path) -> None:
    """A pattern that is no regular expression stops the file, with its line."""
    path = tmp_path / "care.yml"
    path.write_text("groups:\n  elderly:\n    title: 长者\n    patterns: ['(']\n", encoding="utf-8")
    with pytest.raises(InvalidFilesError, match=r"care.yml:2: elderly: needs title and patterns"):
        load_care(path)
