"""Take the pictures of this folder from the running system: `.venv/bin/python docs/screens/take.py`.

The dialogues name orders of the demo shop, so load it anew first: `.venv/bin/liyan demo reset`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bot.settings import ROOT, settings
from phrasebook.china_time import SHANGHAI

HERE = Path(__file__).parent
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DARK = {"color_scheme": "dark"}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def delivered(days: range, *, word: str) -> dict[str, Any]:
    """Return the demo shop's first order delivered so many days ago with one item whose name holds a word."""
    listed = subprocess.run(
        [sys.executable, "-m", "bot.cli", "demo", "list", "--json"], cwd=ROOT, check=True, capture_output=True
    )
    today = datetime.now(SHANGHAI)
    for order in json.loads(listed.stdout)["orders"]:
        if order["state"] != "delivered" or len(order["items"]) != 1 or word not in order["items"][0]["product"]:
            continue
        if (today - datetime.fromisoformat(order["delivered_at"])).days in days:
            found: dict[str, Any] = order
            return found
    raise LookupError(f"demo shop: no order of {word} delivered {days.start} to {days.stop - 1} days ago")


class Visitor:
    """A visitor of the shop page who types and presses like anybody."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        """Open the shop page and the chat."""
        self.page: Page = browser.new_context(locale="zh-CN", **options).new_page()
        self.page.goto(f"http://{settings().host}:{settings().port}/")
        self.page.locator("liyan-chat .launcher").click()
        self.page.locator("liyan-chat .list .text").first.wait_for()

    def say(self, lines: Sequence[str]) -> None:
        """Say each line; one in angle brackets presses the newest button that holds these words."""
        for line in lines:
            texts = self.page.locator("liyan-chat .list .text")
            before = texts.count()
            if line.startswith("<"):
                self.page.locator("liyan-chat .list button:enabled", has_text=line.strip("<>")).last.evaluate(
                    "b => b.click()"
                )
            else:
                box = self.page.get_by_role("textbox", name="输入您的问题")
                box.fill(line)
                box.press("Enter")
            # The sentence itself and at least one in answer.
            self.page.wait_for_function(
                "n => document.querySelector('liyan-chat').shadowRoot.querySelectorAll('.list .text').length > n + 1",
                arg=before,
            )
            self.page.wait_for_load_state("networkidle")

    def picture(self, name: str) -> None:
        """Write the picture once the page stands still, the mouse out of the way."""
        self.page.mouse.move(5, 5)
        self.page.wait_for_timeout(900)
        self.page.screenshot(path=HERE / f"{name}.png")
        self.page.context.close()


def main() -> None:
    """Play the dialogues and take the pictures."""
    fridge = delivered(range(20, 300), word="冰箱")
    desk = delivered(range(3, 7), word="书桌")
    repair = [
        "冰箱不制冷了，想约师傅上门看看",
        "<还没解决>",
        f"单号{fridge['number']}，尾号{fridge['phone'][-4:]}",
        f"我姓王，电话{fridge['phone']}",
        "杭州市西湖区文三路18号2幢301室",
    ]
    returns = [f"书桌买大了想退掉，单号{desk['number']}，尾号{desk['phone'][-4:]}", "<未拆封"]
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise FileNotFoundError("no Chromium found: `make browser` says how to get one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        for name, options, lines in (
            ("desktop", DESKTOP, [*returns, "<确认"]),
            ("phone", PHONE, repair[:1]),
            ("desktop-dark", DESKTOP | DARK, returns),
            ("phone-dark", PHONE | DARK, repair),
        ):
            visitor = Visitor(browser, **options)
            visitor.say(lines)
            visitor.picture(name)
        browser.close()


if __name__ == "__main__":
    main()
