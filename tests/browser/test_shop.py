"""The demo shop's page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit, field
from tests.browser.stage import Stage
from tests.browser.test_looks import GOODS


def goods(count: int) -> list[dict[str, Any]]:
    """Return so many goods of two kinds."""
    return [
        GOODS[0] | {"sku": f"S{n}", "name": f"第{n}件", "category": "家电" if n % 2 else "手机"} for n in range(count)
    ]


def test_goods_are_shown_by_kind(stage: Stage, visit: Visit) -> None:
    """Twelve goods first, all on demand; a kind shows its own."""
    stage.script.products = goods(30)
    page = visit(opened=False)
    cards = page.locator(".goods-card")
    expect(cards).to_have_count(12)
    page.get_by_role("button", name="查看更多商品").click()
    expect(cards).to_have_count(30)
    page.get_by_role("group", name="商品分类").get_by_role("button", name="手机").click()
    expect(cards).to_have_count(12)
    expect(cards.locator("h3").first).to_have_text("第0件")
    page.get_by_role("button", name="查看更多商品").click()
    expect(cards).to_have_count(15)


def test_a_question_about_goods_opens_the_chat(stage: Stage, visit: Visit) -> None:
    """问问 on a card asks about that product in words."""
    stage.script.products = goods(2)
    page = visit(opened=False)
    page.get_by_role("button", name="问问 第1件").click()
    assert stage.wait_frames("message")[0]["text"] == "第1件怎么样，适合我吗？"
    expect(page.get_by_role("dialog", name="在线客服")).to_be_visible()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_typical_questions_are_one_press_away(stage: Stage, visit: Visit, options: dict[str, Any]) -> None:
    """Every question of the help section is sent as it is meant."""
    page = visit(opened=False, **options)
    asked = page.locator("[data-ask]").evaluate_all("all => all.map((one) => one.dataset.ask)")
    assert len(asked) >= 12
    page.get_by_role("button", name="我的快递到哪里了？").click()
    assert stage.wait_frames("message")[0]["text"] == "我的快递到哪里了？"


def test_the_page_stands_without_its_shelf(stage: Stage, visit: Visit) -> None:
    """When the goods cannot be had the page says so, and the chat still opens."""
    stage.script.shop_status = 503
    page = visit(opened=False)
    expect(page.get_by_text("商品信息暂时没有取到，您可以直接问问客服。")).to_be_visible()
    page.get_by_role("button", name="有事问客服").click()
    expect(field(page)).to_be_visible()
