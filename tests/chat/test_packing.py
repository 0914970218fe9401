"""Sentences made to fit into messages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.delivery.packing import Part, pack, split


def test_cut_where_a_sentence_ends() -> None:
    """The cut lies after the last sentence that fits, its closing marks with it."""
    text = "请您先关掉总阀。然后打开窗户！“不要开灯。”最后打电话。"
    assert split(text, 60) == ["请您先关掉总阀。然后打开窗户！", "“不要开灯。”最后打电话。"]


def test_cut_at_a_clause_where_no_sentence_ends() -> None:
    """Without the end of a sentence a comma will do, and without that any character."""
    assert split("先关阀，再开窗，然后出门", 24) == ["先关阀，再开窗，", "然后出门"]
    assert split("一二三四五六", 10) == ["一二三", "四五六"]


def test_what_is_drawn_together_stays_together() -> None:
    """A family of four and a flag of skin tones are not cut in the middle."""
    family = "👨\u200d👩\u200d👧"
    assert split(f"{family}{family}", 20) == [family, family]
    assert split("👍🏽👍🏽", 10) == ["👍🏽", "👍🏽"]


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.integers(4, 100))
def test_pieces_fit_and_nothing_is_lost(text: str, most_bytes: int) -> None:
    """Whatever the text: each piece fits, and together they hold everything but blanks."""
    pieces = split(text, most_bytes)
    assert all(len(piece.encode()) <= most_bytes for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_neighbours_are_merged_when_there_are_too_many() -> None:
    """Five parts into three: the shortest neighbours join, order and places kept."""
    parts = [Part(text, place, place) for place, text in enumerate(("一" * 10, "二", "三", "四", "五" * 10), start=1)]
    packed = pack(parts, most_bytes=60, most=3)
    assert [part.text for part in packed] == ["一" * 10, "二\n三\n四", "五" * 10]
    assert [(part.first, part.last) for part in packed] == [(1, 1), (2, 4), (5, 5)]


def test_more_come_back_when_they_do_not_fit() -> None:
    """A limit of messages never makes one too long."""
    parts = [Part("一" * 10, place, place) for place in range(4)]
    assert len(pack(parts, most_bytes=40, most=1)) == 4
    assert len(pack(parts, most_bytes=None, most=1)) == 1
