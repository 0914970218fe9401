"""Which of the options on offer a message chooses."""

from __future__ import annotations

import pytest

from bot.engine.nlu.folding import fold_text
from bot.engine.nlu.reading.choices import choose, options_of

PRODUCTS = options_of([{"title": name} for name in ("云雀X3", "云雀X3 Pro", "云雀Watch")])
TIMES = options_of(
    [
        {"title": "周三上午9点至11点", "start": "2026-11-25T09:00:00+08:00", "end": "2026-11-25T11:00:00+08:00"},
        {"title": "周三下午2点至4点", "start": "2026-11-25T14:00:00+08:00", "end": "2026-11-25T16:00:00+08:00"},
        {"title": "周六下午4点至6点", "start": "2026-11-28T16:00:00+08:00", "end": "2026-11-28T18:00:00+08:00"},
    ]
)
SATURDAY = {"start": "2026-11-28T00:00:00+08:00", "end": "2026-11-29T00:00:00+08:00", "grain": "day"}
WEDNESDAY = {"start": "2026-11-25T00:00:00+08:00", "end": "2026-11-26T00:00:00+08:00", "grain": "day"}


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("云雀X3", 0), ("就云雀X3 Pro吧", 1), ("云雀 watch", 2), ("x3pro那个", 1), ("watch", 2),
        ("第二个", 1), ("2", 1), ("3号", 2), ("选1", 0), ("倒数第二个", 1), ("最后那个", 2), ("头一个吧", 0),
        ("云雀", None), ("都不是", None), ("第九个", None), ("我再看看", None),
    ],
)  # fmt: skip
def test_titles_and_places(text: str, index: int | None) -> None:
    """A title typed or nearly so, its distinguishing part, a menu number and a place in the list choose an option."""
    choice = choose(fold_text(text).text, [], PRODUCTS)
    assert (choice.index if choice else None) == index


def test_a_time_chooses_the_only_option_within_it() -> None:
    """“周六” is the only offered Saturday; “周三” leaves two open and chooses none."""
    saturday = choose("周六吧", [SATURDAY], TIMES)
    assert saturday and saturday.index == 2
    assert choose("周三", [WEDNESDAY], TIMES) is None


def test_without_options_nothing_is_chosen() -> None:
    """A number means nothing where nothing is on offer."""
    assert choose("2", [], []) is None
