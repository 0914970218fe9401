"""The element on other pages, and what the pages load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, bubbles, say
from tests.browser.host import Host, foreign_page
from tests.browser.stage import WEB, Stage

# Names of an XML namespace are no addresses: nothing is fetched from there.
NAMESPACES = {"http://www.w3.org/2000/svg"}
SERVED = sorted(path for path in WEB.rglob("*") if path.suffix in {".js", ".css", ".html", ".svg"})


@pytest.fixture
def other_shop(theatre: Stage) -> Iterator[Host]:
    """Serve a shop of another origin, with a policy that allows the gateway and nothing else."""
    gateway = theatre.url
    socket = gateway.replace("http", "ws", 1)
    policy = f"default-src 'self'; script-src {gateway}; style-src {gateway}; connect-src {gateway} {socket}"
    host = foreign_page(f"{gateway}/static/liyan-chat.js", policy)
    yield host
    host.close()


def test_one_tag_puts_the_chat_on_another_shops_page(stage: Stage, visit: Visit, other_shop: Host) -> None:
    """With its origin allowed the other shop's visitor is served, known by a token, also after a reload."""
    stage.script.embedders = {other_shop.url}
    page = visit(other_shop.url + "/")
    assert stage.frames("hello")[0]["token"] == "signed-token"
    say(page, "在别家店里")
    expect(bubbles(page)).to_have_text(["在别家店里"])
    expect(page.locator("liyan-chat .panel")).to_have_css("position", "fixed")
    page.reload()
    page.get_by_role("button", name="打开在线客服").click()
    expect(bubbles(page)).to_have_text(["在别家店里"])
    assert stage.sessions[-1] == {"token": "signed-token"}
    assert page.context.cookies() == []


def test_a_page_that_is_not_allowed_is_refused(stage: Stage, visit: Visit, other_shop: Host) -> None:
    """The customer is told that the chat cannot be reached; it is not tried again and again."""
    page = visit(other_shop.url + "/", opened=False)
    page.get_by_role("button", name="打开在线客服").click()
    expect(page.locator("liyan-chat .banner")).to_contain_text("暂时连不上客服")
    assert len(stage.sessions) == 1


def test_a_page_that_writes_the_tag_gets_no_second_chat(stage: Stage, visit: Visit) -> None:
    """The script adds the element only where there is none."""
    page = visit(opened=False)
    expect(page.locator("liyan-chat")).to_have_count(1)


def test_attributes_methods_and_events(stage: Stage, visit: Visit) -> None:
    """What docs/embed.md promises a shop's developer."""
    page = visit(opened=False)
    chat = page.locator("liyan-chat")
    chat.evaluate(
        """node => {
          window.told = [];
          for (const type of ["liyan-open", "liyan-close", "liyan-message", "liyan-unread", "liyan-state"])
            document.addEventListener(type, ({ detail }) => told.push([type, detail]));
          node.setAttribute("heading", "小礼客服");
        }"""
    )
    assert chat.evaluate("node => [node.state, node.unread]") == ["idle", 0]
    chat.evaluate("node => node.ask('我的快递到哪里了？')")
    assert stage.wait_frames("message")[0]["text"] == "我的快递到哪里了？"
    expect(page.get_by_role("dialog", name="小礼客服")).to_be_visible()
    assert chat.evaluate("node => [node.state, node.hasAttribute('open')]") == ["online", True]
    chat.evaluate("node => node.close()")
    stage.bot("在路上", ticket="T261122-00173")
    page.wait_for_function("() => told.some(([type, { unread }]) => type === 'liyan-unread' && unread === 1)")
    told: list[list[Any]] = page.evaluate("() => told")
    assert {"liyan-open", "liyan-close", "liyan-state"} <= {name for name, _ in told}
    assert ["liyan-message", {"id": "m2", "from": "bot", "ticket": "T261122-00173"}] in told
    chat.evaluate("node => node.toggle()")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_colours_and_shape_follow_the_shops_properties(stage: Stage, visit: Visit) -> None:
    """Custom properties of CSS reach into the element; a shop's other styles do not."""
    page = visit()
    page.locator("liyan-chat").evaluate(
        """node => {
          node.style.setProperty("--liyan-accent", "rgb(11, 87, 208)");
          node.style.setProperty("--liyan-radius", "6px");
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("button { background: red !important }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    expect(page.locator("liyan-chat .avatar.big")).to_have_css("background-color", "rgb(11, 87, 208)")
    expect(page.locator("liyan-chat .panel")).to_have_css("border-radius", "6px")
    expect(page.locator("liyan-chat .close")).not_to_have_css("background-color", "rgb(255, 0, 0)")


def test_taking_the_element_away_ends_its_line(stage: Stage, visit: Visit) -> None:
    """A removed element leaves no line open; put back, it goes on where it was."""
    page = visit()
    stage.bot("您好")
    expect(bubbles(page)).to_have_count(1)
    page.evaluate("() => { window.kept = document.querySelector('liyan-chat'); kept.remove(); }")
    assert page.evaluate("() => kept.state") == "idle"
    page.evaluate("() => document.body.append(kept)")
    stage.wait_frames("hello", 2)
    expect(bubbles(page)).to_have_text(["您好"])


@pytest.mark.parametrize("path", SERVED, ids=lambda path: str(path.relative_to(WEB)))
def test_no_served_file_names_another_host(path: Path) -> None:
    """Nothing is fetched from, or points to, another host."""
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:https?:)?//[\w-]+\.[\w./-]+|https?://[\w.-]+", text)) - NAMESPACES
    assert not named


@pytest.mark.parametrize(
    "path", [path for path in SERVED if path.suffix in {".js", ".html"}], ids=lambda path: path.name
)
def test_no_text_is_ever_read_as_markup(path: Path) -> None:
    """No inline script or style, no handler in an attribute, no door from text to markup."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function", text
    )
    assert "(?<!" not in text and "(?<=" not in text, "older Safaris cannot parse a look-behind"
    if path.suffix == ".html":
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)


def _watched(page: Page) -> tuple[list[str], list[str]]:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    return asked, said


def test_the_page_asks_its_own_host_only_and_its_policy_holds(stage: Stage, visit: Visit) -> None:
    """A whole visit makes no request elsewhere and breaks no rule of the content security policy."""
    page = visit(opened=False)
    asked, said = _watched(page)
    page.reload()
    page.get_by_role("button", name="打开在线客服").click()
    stage.wait_frames("hello")
    stage.bot("您好", buttons=[{"title": "好的", "payload": "/a"}], custom={"kind": "rating"})
    expect(bubbles(page)).to_have_count(1)
    assert asked and all(url.startswith((stage.url, stage.url.replace("http", "ws", 1))) for url in asked)
    assert said == []
