"""Words of approved phrases inside others, and lists: nothing that is put together is worded elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from phrasebook.book.book import ApprovedPhrases, Phrase
from phrasebook.book.embedded import Embedder
from phrasebook.book.load import phrase_from_table
from phrasebook.book.render import render
from phrasebook.book.values import SHANGHAI, say_list
from phrasebook.errors import BadVariableError, NotApprovedError, UnknownPhraseError

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=SHANGHAI)


def a_phrase(phrase_id: str, text: str, **variables: tuple[str, str]) -> Phrase:
    """Make a phrase with variables of a type and a sample."""
    table = {"id": phrase_id, "version": 3, "state": "approved", "purpose": "试", "variants": [text]}
    table["variables"] = {name: {"type": kind, "sample": sample} for name, (kind, sample) in variables.items()}
    return phrase_from_table(table, phrase_id.partition(".")[0], "店", "test")


PRICE_OF = a_phrase("shop.price_of", "{product}{price}", product=("text", "锅"), price=("money", "9"))
NONE = a_phrase("shop.none", "没有说明")
SAYS = a_phrase("shop.says", "价格是：{prices}。", prices=("list", "锅¥9.00"))
BOOK = ApprovedPhrases([PRICE_OF, NONE, SAYS])


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (["锅"], "锅"),
        (["锅", "壶", "灶"], "锅、壶、灶"),
        (["容量：5升", "颜色：红、白"], "容量：5升；颜色：红、白"),
        ("锅、壶", "锅、壶"),
        ((" 锅\n", "<b>"), "锅、＜b＞"),
    ],
)
def test_a_list_is_said_in_a_row(items: object, said: str) -> None:
    """、 stands between items, ； where one has a mark of its own; each is cleaned as any text is."""
    assert say_list(items) == said


@pytest.mark.parametrize("items", [[], [""], 3, None, [1]])
def test_what_is_no_list_is_not_said(items: object) -> None:
    """Nothing, a number or an empty item is refused."""
    with pytest.raises(ValueError, match=r"empty|must be"):
        say_list(items)


def test_words_of_phrases_stand_in_a_list() -> None:
    """Items are phrases with blanks of their own: money is said as money, and the versions are told for the record."""
    prices = [
        {"phrase": PRICE_OF.id, "variables": {"product": "锅", "price": "1299"}},
        {"phrase": PRICE_OF.id, "variables": {"product": {"phrase": NONE.id}, "price": "9"}},
    ]
    embedder = Embedder(BOOK, NOW)
    said = render(SAYS, embedder.values({"prices": prices}), variant=0)
    assert said == "价格是：锅¥1,299.00、没有说明¥9.00。"
    assert embedder.versions({"prices": prices, "other": "字"}) == {PRICE_OF.id: 3, NONE.id: 3}


def test_a_phrase_that_may_not_be_said_is_not_embedded_either() -> None:
    """An unknown or unapproved phrase, or one that lacks a value, keeps the whole sentence from being made."""
    embedder = Embedder(BOOK.with_revisions([replace(NONE, state="draft")]), NOW)
    for value, error in (
        ({"phrase": "shop.nowhere"}, UnknownPhraseError),
        ({"phrase": NONE.id}, NotApprovedError),
        ({"phrase": PRICE_OF.id, "variables": {"product": "锅"}}, BadVariableError),
    ):
        with pytest.raises(error):
            embedder.values({"prices": [value]})
