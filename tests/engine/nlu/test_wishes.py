"""Several wishes in one message: where one ends and the next begins."""

from __future__ import annotations

import pytest

from bot.engine.nlu.wishes import split_wishes

JUDGED = {
    "多少钱": ("consult_price_promotion", 0.56),
    "投诉": ("complaint", 0.86),
    "退货": ("return_goods", 0.95),
    "修一下": ("repair_booking", 0.95),
    "发票": ("invoice", 0.95),
    "到哪了": ("logistics", 0.95),
}


def judge(text: str) -> tuple[str, float]:
    """Judge a clause by its word, as a classifier might."""
    return next((found for word, found in JUDGED.items() if word in text), ("chitchat", 0.9))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我的快递到哪了,另外发票怎么开", ["我的快递到哪了", "发票怎么开"]),
        ("衣服小了,我要退货", []),
        ("屏幕碎了,我要退货,另外发票怎么开", ["屏幕碎了,我要退货", "发票怎么开"]),
        ("我要退货,另外冰箱有点响,帮我修一下", ["我要退货", "冰箱有点响,帮我修一下"]),
        ("快递到哪了 都三天了 顺便开个发票 抬头是公司", ["快递到哪了 都三天了", "开个发票 抬头是公司"]),
        ("折叠屏多少钱,另外我要投诉送货的,把墙蹭花了", ["折叠屏多少钱", "我要投诉送货的,把墙蹭花了"]),
        ("折叠屏多少钱,我要投诉送货的,把墙蹭花了", []),
    ],
)
def test_a_wish_takes_its_account_with_it(text: str, parts: list[str]) -> None:
    """Clauses that wish nothing go with the wish they tell of; “another thing” makes an unclear wish clear enough."""
    wishes = split_wishes(text, judge, sure=0.6, said=0.5)
    assert [text[wish.start : wish.end] for wish in wishes] == parts
