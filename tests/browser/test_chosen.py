"""What the customer took of an offer stays marked, in the words of the offer, also after a reload."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, bubbles
from tests.browser.stage import Stage
from tests.browser.test_offers import BUTTONS, FRYER, PHONE, slot

SLOTS = [slot(day, hour) for day in (1, 2) for hour in (9, 14)]
TIMES = [{"title": f"第{number}个时间", "payload": one["payload"]} for number, one in enumerate(SLOTS)]


def reloaded(page: Page) -> Page:
    """Load the page anew and open the chat."""
    page.reload()
    page.get_by_role("button", name="打开在线客服").click()
    expect(bubbles(page).first).to_be_visible()
    return page


def test_a_button_that_was_pressed_stays_marked(stage: Stage, visit: Visit) -> None:
    """Of the spent buttons the one whose words the customer said is marked, to the eye and to a screen reader."""
    page = visit()
    stage.bot("您想怎样处理呢？", buttons=BUTTONS)
    page.get_by_role("button", name="换货", exact=True).click()
    stage.wait_frames("button")
    stage.bot("好的")
    for _ in range(2):
        chosen = page.locator("liyan-chat .choice.chosen")
        expect(chosen).to_have_text("换货")
        expect(chosen).to_have_attribute("aria-pressed", "true")
        expect(page.locator("liyan-chat .choice:enabled")).to_have_count(0)
        page = reloaded(page)


def test_a_time_is_said_in_the_words_of_its_button(stage: Stage, visit: Visit) -> None:
    """The sentence is worded and drawn once; its day stands open with the time marked, and no day acts any more."""
    page = visit()
    stage.bot("什么时间方便？", custom={"kind": "slots", "slots": SLOTS}, buttons=TIMES)
    expect(page.locator("liyan-chat .hour")).to_have_count(2)
    expect(page.locator("liyan-chat .choices:visible")).to_have_count(0)
    page.locator("liyan-chat .list").evaluate(
        """node => {
          window.gone = 0;
          const count = (all) => all.forEach(({ removedNodes }) => {
            gone += [...removedNodes].filter((node) => !node.classList.contains("day-line")).length;
          });
          new MutationObserver(count).observe(node, { childList: true });
        }"""
    )
    later = page.locator("liyan-chat .day").nth(1)
    day = later.locator("span").first.inner_text()
    later.click()
    page.locator("liyan-chat .hour").nth(1).click()
    assert stage.wait_frames("button")[0]["payload"] == SLOTS[3]["payload"]
    stage.bot("记下了")
    expect(bubbles(page)).to_have_text(["什么时间方便？", "第3个时间", "记下了"])
    assert page.evaluate("() => gone") == 0
    for _ in range(2):
        expect(page.locator("liyan-chat .day[aria-pressed=true] span").first).to_have_text(day)
        expect(page.locator("liyan-chat .hour.chosen")).to_have_text("下午 14:00–16:00")
        expect(page.locator("liyan-chat .slots button:enabled")).to_have_count(0)
        page = reloaded(page)


@pytest.mark.parametrize(
    ("more", "said"), [({}, "4分"), ({"payloads": [f"/rate-{score}" for score in range(1, 6)]}, "★★★★")]
)
def test_a_score_stays_lit(stage: Stage, visit: Visit, more: dict[str, Any], said: str) -> None:
    """After a reload the stars show the score that was given, whether it was said or pressed."""
    stage.bot("请您打个分", custom={"kind": "rating"} | more, past=True)
    stage.customer(said)
    stage.bot("谢谢", past=True)
    page = visit()
    expect(bubbles(page)).to_have_count(3)
    expect(page.locator("liyan-chat .star.lit")).to_have_count(4)
    expect(page.locator("liyan-chat .stars-said")).to_have_text("满意")


def test_stars_that_nobody_pressed_ask_no_more(stage: Stage, visit: Visit) -> None:
    """Spent without an answer the stars are dark and do not ask to be pressed."""
    stage.bot("请您打个分", custom={"kind": "rating"}, past=True)
    stage.customer("我还要退货")
    stage.bot("好的", past=True)
    page = visit()
    expect(page.locator("liyan-chat .star:disabled")).to_have_count(5)
    expect(page.locator("liyan-chat .star.lit")).to_have_count(0)
    expect(page.locator("liyan-chat .stars-said")).to_be_hidden()


def test_goods_that_are_offered_are_chosen_on_their_card(stage: Stage, visit: Visit) -> None:
    """Goods offered as buttons stand there once: the card presses for them; other buttons stay, and so do the marks."""
    stage.script.products = [PHONE, FRYER]
    page = visit()
    offered = [{"title": PHONE["name"], "payload": "/phone"}, {"title": "都不是", "payload": "/none"}]
    stage.bot("您说的是哪一款？", custom={"kind": "products", "skus": ["SJ001", "CF301"]}, buttons=offered)
    expect(page.locator("liyan-chat .choices .choice:visible")).to_have_text(["都不是"])
    page.get_by_role("button", name="选这款 云雀X3智能手机").click()
    assert stage.wait_frames("button")[0]["payload"] == "/phone"
    expect(page.get_by_role("button", name="选这款 云雀X3智能手机")).to_be_disabled()
    expect(page.get_by_role("button", name="咨询 小满5升空气炸锅")).to_be_enabled()
    expect(page.locator("liyan-chat .product .chosen")).to_have_count(1)


def test_goods_that_cannot_be_had_leave_their_buttons(stage: Stage, visit: Visit) -> None:
    """When the records do not know the goods the buttons stand below the sentence as ever."""
    page = visit()
    offered = [{"title": PHONE["name"], "payload": "/phone"}]
    stage.bot("您说的是哪一款？", custom={"kind": "products", "skus": ["SJ001"]}, buttons=offered)
    page.locator("liyan-chat .choices").get_by_role("button", name=PHONE["name"]).click()
    assert stage.wait_frames("button")[0]["payload"] == "/phone"
