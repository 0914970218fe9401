"""How it looks and how it is reached: phone, dark theme, contrast, keyboard, screen reader, calm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit, bubbles, field, say
from tests.browser.stage import Stage

AUDIT = Path(__file__).with_name("audit.js").read_text(encoding="utf-8")
GOODS = [
    {"sku": f"G{number}", "name": f"小满{number}升空气炸锅", "category": category, "model": None, "price": "399.00",
     "stock": number, "summary": "可视窗口，少油更轻松", "promotion": "第二件半价" if number % 2 else None}
    for number, category in enumerate(["家电", "手机", "服装", "食品", "图书", "家具", "定制"])
]  # fmt: skip
VIEWS = [
    pytest.param({}, id="desktop"),
    pytest.param({"color_scheme": "dark"}, id="desktop dark"),
    pytest.param(PHONE, id="phone"),
    pytest.param(PHONE | {"color_scheme": "dark"}, id="phone dark"),
]


def everything(stage: Stage) -> None:
    """Put one of each kind into the history, alive and spent."""
    stage.script.products = GOODS
    buttons = [{"title": "好的", "payload": "/a"}, {"title": "不用了", "payload": "/b"}]
    slots = [{"start": "2026-11-23T09:00:00+08:00", "end": "2026-11-23T11:00:00+08:00", "payload": "/s"}]
    order = {
        "number": "261112004817",
        "state": "delivered",
        "items": [{"name": "小满5升空气炸锅", "quantity": 1}],
        "payload": "/o",
    }
    for turn in ("spent", "alive"):
        stage.bot("您好，打400-000-1888也可以", buttons=buttons, ticket="T261122-00173", turn=turn, past=True)
        stage.bot("时间", custom={"kind": "slots", "slots": slots}, turn=turn, past=True)
        stage.bot("订单", custom={"kind": "orders", "orders": [order]}, turn=turn, past=True)
        stage.bot("商品", custom={"kind": "products", "skus": ["G0", "G1", "G6"]}, turn=turn, past=True)
        stage.bot("打分", custom={"kind": "rating"}, turn=turn, past=True, author="staff", name="王芳")
        if turn == "spent":
            stage.customer("看 https://a.example/ 吧")


@pytest.mark.parametrize("options", VIEWS)
def test_nobody_stumbles(stage: Stage, visit: Visit, options: dict[str, Any]) -> None:
    """Contrast of at least 4.5, names for all that acts, targets of a finger's size, sound structure: page and chat."""
    everything(stage)
    page = visit(reduced_motion="reduce", **options)
    expect(page.locator("liyan-chat .product")).to_have_count(6)
    page.locator(".goods-card").first.wait_for()
    stage.script.refuse = "unavailable"
    say(page, "没送到的一句")
    expect(page.get_by_role("button", name="重试")).to_be_visible()
    field(page).fill("好" * 2001)
    stage.typing(True)
    expect(page.get_by_role("img", name="正在输入")).to_be_visible()
    assert page.evaluate(AUDIT) == []
    stage.script.accepting = False
    stage.cut(1012)
    expect(page.locator("liyan-chat .banner")).to_be_visible()
    assert page.evaluate(AUDIT) == []


def test_the_audit_finds_faults(stage: Stage, visit: Visit) -> None:
    """The audit itself can fail: pale letters, a nameless button, a label that names nothing."""
    page = visit(opened=False)
    page.evaluate(
        """() => {
          const make = (tag, name, value) => {
            const node = document.createElement(tag);
            node.setAttribute(name, value);
            document.body.append(node);
            return node;
          };
          make("p", "class", "pale").textContent = "看不清";
          document.querySelector(".pale").style.color = "#bbb";
          make("button", "type", "button").style.cssText = "width:10px;height:10px";
          make("div", "aria-labelledby", "nothing");
        }"""
    )
    found = " ".join(page.evaluate(AUDIT))
    for what in ("contrast", "no name", "target 10×10", "names nothing"):
        assert what in found


@pytest.mark.parametrize(
    "options", [PHONE, {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}]
)
def test_a_phone_is_filled_and_never_scrolls_sideways(stage: Stage, visit: Visit, options: dict[str, Any]) -> None:
    """Open, the chat covers the screen and the page behind stands still; shut, the page scrolls again."""
    everything(stage)
    page = visit(opened=False, reduced_motion="reduce", **options)
    page.locator(".goods-card").first.wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="打开在线客服").click()
    expect(bubbles(page).last).to_be_in_viewport()
    box = page.locator("liyan-chat .panel").bounding_box()
    assert box == {"x": 0, "y": 0, **options["viewport"]}
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("() => getComputedStyle(document.documentElement).overflow") == "hidden"
    expect(page.get_by_role("dialog")).to_have_attribute("aria-modal", "true")
    page.get_by_role("button", name="收起对话").click()
    assert page.evaluate("() => getComputedStyle(document.documentElement).overflow") != "hidden"


def test_the_keyboard_of_a_phone_does_not_cover_the_field(stage: Stage, visit: Visit) -> None:
    """The panel follows what the keyboard leaves of the screen, and the newest sentence stays in sight."""
    for number in range(30):
        stage.bot(f"第 {number} 句", past=True)
    page = visit(reduced_motion="reduce", **PHONE)
    expect(bubbles(page).last).to_be_in_viewport()
    page.evaluate(
        """() => {
          Object.defineProperty(visualViewport, "height", { value: 480, configurable: true });
          Object.defineProperty(visualViewport, "offsetTop", { value: 20, configurable: true });
          visualViewport.dispatchEvent(new Event("resize"));
        }"""
    )
    panel = page.locator("liyan-chat .panel")
    expect(panel).to_have_css("height", "480px")
    assert panel.bounding_box() == {"x": 0, "y": 20, "width": 390, "height": 480}
    last = bubbles(page).last.bounding_box()
    composer = page.locator("liyan-chat .composer").bounding_box()
    assert last and composer and last["y"] + last["height"] <= composer["y"]


def test_opening_on_a_phone_does_not_raise_the_keyboard(stage: Stage, visit: Visit) -> None:
    """The panel takes the focus there; on a desktop the field does."""
    phone = visit(**PHONE)
    expect(phone.get_by_role("dialog")).to_be_focused()
    desktop = visit()
    expect(field(desktop)).to_be_focused()


def test_the_keyboard_reaches_everything(stage: Stage, visit: Visit) -> None:
    """Tab finds the launcher, Enter opens, buttons are pressed by keys, Escape shuts and gives the focus back."""
    page = visit(opened=False)
    page.get_by_role("button", name="打开在线客服").focus()
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    stage.wait_frames("hello")
    stage.bot("选一个", buttons=[{"title": "退货", "payload": "/a"}, {"title": "换货", "payload": "/b"}])
    expect(page.get_by_role("button", name="换货", exact=True)).to_be_enabled()
    for _ in range(30):
        if page.get_by_role("button", name="换货", exact=True).evaluate(
            "node => node.getRootNode().activeElement === node"
        ):
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert stage.wait_frames("button")[0]["payload"] == "/b"
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="打开在线客服")).to_be_focused()


def test_focus_stays_in_a_chat_that_fills_the_screen(stage: Stage, visit: Visit) -> None:
    """On a phone with a keyboard Tab goes round inside, both ways."""
    page = visit(**PHONE)
    stage.bot("您好", buttons=[{"title": "好的", "payload": "/a"}])
    expect(page.get_by_role("button", name="好的")).to_be_visible()
    for key in ["Tab"] * 20 + ["Shift+Tab"] * 25:
        page.keyboard.press(key)
        assert page.evaluate("() => document.activeElement.localName") == "liyan-chat"


def test_a_screen_reader_hears_new_sentences_only(stage: Stage, visit: Visit) -> None:
    """The log is polite; neither what was there before nor what comes back from the server is read again."""
    stage.bot("从前的一句", past=True)
    page = visit()
    log = page.get_by_role("log", name="对话记录")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_have_attribute("aria-busy", "false")
    log.evaluate(
        """node => {
          window.added = [];
          const rows = (changes) => changes.flatMap(({ addedNodes }) => [...addedNodes]);
          const note = (changes) => rows(changes).forEach((row) => added.push(row.textContent));
          new MutationObserver(note).observe(node, { childList: true });
        }"""
    )
    say(page, "新的一句")
    expect(page.locator("liyan-chat .row.own .status")).to_have_text("已送达")
    stage.bot("回答")
    expect(bubbles(page)).to_have_count(3)
    added = page.evaluate("() => window.added")
    assert sum("新的一句" in text for text in added) == 1
    assert sum("回答" in text for text in added) == 1


def _ground(page: Page) -> str:
    found: str = page.locator("liyan-chat .panel").evaluate("node => getComputedStyle(node).backgroundColor")
    return found


def test_the_theme_follows_the_system_unless_told(stage: Stage, visit: Visit) -> None:
    """`theme` decides; without it the visitor's system does, also when it changes."""
    page = visit()
    light = _ground(page)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("liyan-chat .root")).to_have_attribute("data-theme", "dark")
    dark = _ground(page)
    assert light != dark
    chat = page.locator("liyan-chat")
    chat.evaluate("node => node.setAttribute('theme', 'light')")
    assert _ground(page) == light
    page.emulate_media(color_scheme="light")
    chat.evaluate("node => node.setAttribute('theme', 'dark')")
    assert _ground(page) == dark


def test_whoever_wants_calm_gets_it(stage: Stage, visit: Visit) -> None:
    """With reduced motion nothing moves by itself."""
    page = visit(reduced_motion="reduce")
    stage.typing(True)
    for part in (".panel", ".dots i"):
        assert (
            page.locator(f"liyan-chat {part}").first.evaluate("node => getComputedStyle(node).animationName") == "none"
        )


def test_a_hidden_element_shows_nothing(stage: Stage, visit: Visit) -> None:
    """`hidden` on the tag takes launcher and panel away."""
    page = visit()
    page.locator("liyan-chat").evaluate("node => { node.hidden = true; }")
    expect(page.locator("liyan-chat .panel")).to_be_hidden()
