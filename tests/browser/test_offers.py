"""What a bubble offers: buttons, times, stars, orders, goods, a ticket's number, the journeys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, bubbles
from tests.browser.stage import NOON, Stage

BUTTONS = [
    {"title": "退货", "payload": '/inform{"wish":"return"}'},
    {"title": "换货", "payload": '/inform{"wish":"exchange"}'},
]
FRYER = {
    "sku": "CF301", "name": "小满5升空气炸锅", "category": "家电", "model": None, "price": "1399.00", "stock": 0,
    "summary": "", "promotion": "第二件半价",
}  # fmt: skip
PHONE = FRYER | {"sku": "SJ001", "name": "云雀X3智能手机", "category": "手机", "stock": 80, "promotion": None}


def test_a_button_acts_once(stage: Stage, visit: Visit) -> None:
    """A press sends the payload with the bubble's id; all buttons of the turn are spent, whatever else is clicked."""
    page = visit()
    message = stage.bot("您想怎样处理呢？", buttons=BUTTONS)
    page.get_by_role("button", name="换货", exact=True).dblclick()
    frame = stage.wait_frames("button")[0]
    assert (frame["message_id"], frame["payload"]) == (message["id"], BUTTONS[1]["payload"])
    expect(bubbles(page)).to_have_text(["您想怎样处理呢？", "换货"])
    expect(page.locator("liyan-chat .choice:enabled")).to_have_count(0)
    assert len(stage.frames("button")) == 1


def test_a_newer_turn_spends_the_buttons_before_it(stage: Stage, visit: Visit) -> None:
    """Buttons act only while their turn is the live one; bubbles of one turn keep theirs together."""
    page = visit()
    stage.bot("第一问", buttons=BUTTONS, turn="one")
    expect(page.locator("liyan-chat .choice:enabled")).to_have_count(2)
    stage.bot("补充一句", turn="one")
    expect(page.locator("liyan-chat .choice:enabled")).to_have_count(2)
    stage.bot("第二问", buttons=[{"title": "好的", "payload": "/yes"}], turn="two")
    expect(page.locator("liyan-chat .choice:enabled")).to_have_text(["好的"])
    expect(page.locator("liyan-chat .choice:disabled").first).to_have_attribute(
        "title", "这一步已经过去，请以最新的消息为准"
    )


def test_after_a_reload_only_the_live_turn_acts(stage: Stage, visit: Visit) -> None:
    """The server's word decides, not the element's memory."""
    stage.bot("第一问", buttons=BUTTONS, past=True)
    stage.bot("第二问", buttons=[{"title": "好的", "payload": "/yes"}], past=True)
    page = visit()
    expect(page.locator("liyan-chat .choice:enabled")).to_have_text(["好的"])


def test_buttons_sleep_while_a_person_answers(stage: Stage, visit: Visit) -> None:
    """Taken over, the bot's buttons act no more; given back, they act again, also one that was pressed in between."""
    page = visit()
    stage.bot("您想怎样处理呢？", buttons=BUTTONS, turn="one")
    page.get_by_role("button", name="换货", exact=True).click()
    stage.wait_frames("button")
    stage.push({"type": "live", "live": None})
    expect(page.locator("liyan-chat .choice:enabled")).to_have_count(0)
    stage.push({"type": "live", "live": "one"})
    expect(page.locator("liyan-chat .choice:enabled")).to_have_count(2)


def test_times_are_chosen_by_day_and_hour(stage: Stage, visit: Visit) -> None:
    """The days stand in a row, the hours of the chosen day below; a press sends the slot's payload."""
    page = visit(timezone_id="America/New_York")
    stage.bot(
        "什么时间方便？", custom={"kind": "slots", "slots": [slot(day, hour) for day in (1, 2) for hour in (9, 14)]}
    )
    card = page.get_by_role("region", name="可以预约的时间")
    days = card.get_by_role("group", name="选择日期").get_by_role("button")
    hours = card.get_by_role("group", name="选择时间").get_by_role("button")
    expect(days).to_have_count(2)
    expect(days.first).to_have_attribute("aria-pressed", "true")
    expect(hours).to_have_text(["上午 09:00–11:00", "下午 14:00–16:00"])
    days.nth(1).click()
    hours.nth(1).click()
    assert stage.wait_frames("button")[0]["payload"] == "/slot-2-14"
    expect(bubbles(page).last).to_have_text("已选择")  # the server's words, as they will stand after a reload
    expect(hours.first).to_be_disabled()


def slot(day: int, hour: int) -> dict[str, Any]:
    """Return a free time of two hours, so many days after the stage's noon."""
    start = NOON.replace(hour=hour) + timedelta(days=day)
    return {
        "start": start.isoformat(),
        "end": (start + timedelta(hours=2)).isoformat(),
        "payload": f"/slot-{day}-{hour}",
    }


def test_stars_with_payloads_press_them(stage: Stage, visit: Visit) -> None:
    """Each star has a name; the fourth sends the fourth payload and stays lit."""
    page = visit()
    stage.bot("请您打个分", custom={"kind": "rating", "payloads": [f"/rate-{score}" for score in range(1, 6)]})
    page.get_by_role("button", name="4 星，满意").click()
    assert stage.wait_frames("button")[0]["payload"] == "/rate-4"
    expect(page.locator("liyan-chat .star.lit")).to_have_count(4)
    expect(page.locator("liyan-chat .star:enabled")).to_have_count(0)


def test_stars_without_payloads_say_the_score(stage: Stage, visit: Visit) -> None:
    """The score is said as ordinary text, once."""
    page = visit()
    stage.bot("请您打个分", custom={"kind": "rating"})
    page.get_by_role("button", name="5 星，非常满意").click()
    assert stage.wait_frames("message")[0]["text"] == "5分"
    expect(page.locator("liyan-chat .star:enabled")).to_have_count(0)


def test_orders_are_shown_and_chosen(stage: Stage, visit: Visit) -> None:
    """An order tells number, state and goods; one with a payload can be chosen, one without only be read."""
    page = visit()
    items = [{"name": "小满5升空气炸锅", "quantity": 2}]
    first = {"number": "261112004817", "state": "delivered", "items": items, "payload": "/order-1"}
    stage.bot(
        "您的订单：", custom={"kind": "orders", "orders": [first, first | {"number": "261101000321", "payload": None}]}
    )
    card = page.get_by_role("list", name="您的订单")
    expect(card).to_contain_text("订单 261112004817")
    expect(card).to_contain_text("已签收")
    expect(card).to_contain_text("× 2")
    expect(card.get_by_role("button")).to_have_count(1)
    card.get_by_role("button", name="选这笔订单 261112004817").click()
    assert stage.wait_frames("button")[0]["payload"] == "/order-1"


def test_goods_come_from_the_shops_records(stage: Stage, visit: Visit) -> None:
    """The bubble names numbers only; price, stock and offer are looked up; a press asks about the goods in words."""
    stage.script.products = [PHONE, FRYER]
    page = visit()
    stage.bot("您看看这几件：", custom={"kind": "products", "skus": ["CF301", "SJ001", "UNKNOWN"]})
    card = page.get_by_role("list", name="商品", exact=True)
    expect(card.locator(".product-name")).to_have_text(["小满5升空气炸锅", "云雀X3智能手机"])
    expect(card.locator(".price").first).to_have_text("¥1,399.00")
    expect(card.locator(".tag")).to_have_text(["暂时缺货", "有货"])
    expect(card).to_contain_text("第二件半价")
    card.get_by_role("button", name="咨询 小满5升空气炸锅").click()
    assert stage.wait_frames("message")[0]["text"] == "小满5升空气炸锅"


def test_a_tickets_number_can_be_copied(stage: Stage, visit: Visit) -> None:
    """The number stands apart with a button that copies it and says so."""
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    stage.bot("已为您登记", ticket="T261122-00173")
    page.get_by_role("button", name="复制单号 T261122-00173").click()
    expect(page.locator("liyan-chat .copied")).to_have_text("已复制")
    assert page.evaluate("() => navigator.clipboard.readText()") == "T261122-00173"


def test_links_phones_and_ticket_numbers_are_recognised(stage: Stage, visit: Visit) -> None:
    """A link opens apart, a phone number can be called, sentence marks stay outside, order numbers are no phones."""
    page = visit()
    stage.bot(
        "请看 https://a.example/p?x=1，打400-000-1888或13800138000，单号T261122-00173，订单261112004817。http://）"
    )
    links = page.locator("liyan-chat .text a")
    expect(links).to_have_text(["https://a.example/p?x=1", "400-000-1888", "13800138000"])
    expect(links.first).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(links.nth(1)).to_have_attribute("href", "tel:4000001888")
    expect(page.locator("liyan-chat .text .number")).to_have_text("T261122-00173")


@pytest.mark.parametrize(
    "custom",
    [{"kind": "hologram"}, {"kind": "__proto__"}, {"kind": "toString"}, {}, {"kind": "slots"},
     {"kind": "slots", "slots": [{}]}, {"kind": "orders", "orders": "none"}, {"kind": "products", "skus": [None, 7]},
     {"kind": "rating", "payloads": "x"}],
)  # fmt: skip
def test_what_cannot_be_drawn_leaves_the_text(stage: Stage, visit: Visit, custom: dict[str, Any]) -> None:
    """Unknown or broken parts never hide the sentence or stop the chat."""
    page = visit()
    stage.bot("文字自己说得清楚", custom=custom)
    stage.bot("下一句")
    expect(bubbles(page)).to_have_text(["文字自己说得清楚", "下一句"])


def test_the_journeys_speak_for_the_customer(stage: Stage, visit: Visit) -> None:
    """The card of a new conversation and the strip after it send ordinary sentences."""
    stage.bot("您好，欢迎光临", past=True)
    page = visit()
    names = ["咨询商品", "查订单物流", "退换货", "报修预约", "投诉", "转人工"]
    expect(page.locator("liyan-chat .journeys .journey")).to_have_text(names)
    page.locator("liyan-chat .journeys").get_by_role("button", name="退换货").click()
    assert stage.wait_frames("message")[0]["text"] == "我想退换货"
    expect(page.locator("liyan-chat .journeys")).to_be_hidden()
    expect(page.locator("liyan-chat .strip .journey")).to_have_text(names)
    page.locator("liyan-chat .strip").get_by_role("button", name="转人工").click()
    assert stage.wait_frames("message", 2)[1]["text"] == "转人工"
