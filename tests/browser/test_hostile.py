"""Texts that try to be more than text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit, bubbles, say
from tests.browser.stage import Stage

HTML = '<img src=x onerror="window.broken=1"><script>window.broken=1</script><b>粗</b>&amp;'
LINKS = "javascript:window.broken=1 https://<script>window.broken=1</script> data:text/html,x vbscript:x"
RTL = "\u202eوصل\u2066 退款 \u202e 元001"
ZALGO = "退" + "\u0335\u0336\u0337\u0338" * 200
FIT = """() => {
  const { panel, log } = document.querySelector("liyan-chat");
  const frame = panel.getBoundingClientRect();
  const wide = [...log.list.querySelectorAll("*")].filter((node) => {
    const { left, right, width } = node.getBoundingClientRect();
    return width > 1 && (left < frame.left - 1 || right > frame.right + 1);
  });
  return { wide: wide.length, scrolls: log.view.scrollWidth > log.view.clientWidth };
}"""


def fits(page: Page) -> bool:
    """Tell whether nothing sticks out of the panel at its sides."""
    found: dict[str, object] = page.evaluate(FIT)
    return found == {"wide": 0, "scrolls": False}


@pytest.mark.parametrize("text", [HTML, LINKS], ids=["html", "links"])
def test_markup_is_shown_as_it_was_written(stage: Stage, visit: Visit, text: str) -> None:
    """Markup in a sentence, a button, a name, a ticket or an order stays text: nothing is run, nothing is loaded."""
    page = visit()
    order = {"number": text, "state": text, "items": [{"name": text, "quantity": 1}]}
    stage.bot(
        text, author="staff", name=text, ticket=text, buttons=[{"title": text, "payload": "/x"}],
        custom={"kind": "orders", "orders": [order]},
    )  # fmt: skip
    expect(bubbles(page)).to_have_text([text])
    expect(page.locator("liyan-chat .choice")).to_have_text([text])
    say(page, text)
    expect(bubbles(page)).to_have_text([text, text])
    assert page.evaluate("() => window.broken") is None
    assert page.locator("liyan-chat .list").locator("img, script, b").count() == 0
    for link in page.locator("liyan-chat .text a").all():
        assert (link.get_attribute("href") or "").startswith("https://")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_long_and_strange_texts_stay_in_their_place(stage: Stage, visit: Visit, options: dict[str, object]) -> None:
    """10,000 characters without a break, writing from right to left and heaps of marks do not break the layout."""
    for text in (
        "长" * 10_000,
        "w" * 10_000,
        "https://a.example/" + "a" * 3_000,
        RTL,
        ZALGO,
        "\n" * 500 + "底",
        "😀" * 400,
    ):
        stage.bot(text, past=True)
        stage.customer(text)
    stage.bot("选", buttons=[{"title": "很长的按钮" * 60, "payload": "/x"}], ticket="T" * 300, past=True)
    page = visit(**options)
    expect(bubbles(page).last).to_have_text("选")
    assert fits(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def height(page: Page) -> float:
    """Return the height of the first text."""
    box = bubbles(page).first.bounding_box()
    assert box
    return box["height"]


def test_a_very_long_text_is_folded_and_can_be_opened(stage: Stage, visit: Visit) -> None:
    """The beginning shows; one press shows all of it, another folds it."""
    page = visit()
    stage.bot("长" * 5_000)
    assert height(page) <= 330
    page.get_by_role("button", name="展开全文").click()
    assert height(page) > 1_000
    page.get_by_role("button", name="收起", exact=True).click()
    assert height(page) <= 330


def test_control_characters_are_left_out(stage: Stage, visit: Visit) -> None:
    """Bells, escapes and zeros vanish; tabs and line breaks stay."""
    page = visit()
    stage.bot("一\u0000二\u0007三\u001b[31m四\u0085五\t六\r\n七")
    expect(bubbles(page)).to_have_count(1)
    assert bubbles(page).first.text_content() == "一二三[31m四五\t六\n七"


def test_a_strange_direction_ends_with_its_sentence(stage: Stage, visit: Visit) -> None:
    """An override in one sentence turns neither the time beside it nor the next one."""
    page = visit()
    stage.bot(RTL)
    stage.bot("普通的一句")
    expect(bubbles(page)).to_have_count(2)
    assert bubbles(page).first.evaluate("node => getComputedStyle(node).unicodeBidi") in {"isolate", "plaintext"}
    assert bubbles(page).nth(1).evaluate("node => getComputedStyle(node).direction") == "ltr"
