"""A browser, a stage and a page for the tests of the chat element."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.browser.stage import Stage

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}

Visit = Callable[..., Page]


# Not for the session: while the driver lives, its event loop runs in this thread, and no asynchronous test can.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start the machine's Chromium; without one the tests are skipped, or fail where `LIYAN_REQUIRE` names the browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        reason = "no Chromium found: `make browser` says how to get one"
        if "browser" in os.environ.get("LIYAN_REQUIRE", ""):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def theatre() -> Iterator[Stage]:
    """Start the stand-in server once."""
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def stage(theatre: Stage) -> Iterator[Stage]:
    """Return an empty stage."""
    theatre.reset()
    yield theatre
    theatre.reset()


@pytest.fixture
def visit(browser: Browser, stage: Stage) -> Iterator[Visit]:
    """Return a function that opens the shop page; a fault in the page's scripts fails the test.

    Its arguments: `opened`, whether the chat is opened; `clock`, whether the test moves the page's clock;
    `beside`, a page of the visitor whose next tab this is; the rest are options of the browser's context.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def go(
        path: str = "/", *, opened: bool = True, clock: bool = False, beside: Page | None = None, **options: Any
    ) -> Page:
        if beside is None:
            contexts.append(
                browser.new_context(locale="zh-CN", **({"viewport": {"width": 1280, "height": 800}} | options))
            )
        page = (beside.context if beside else contexts[-1]).new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        if clock:
            page.clock.install()
        page.goto(stage.url + path if path.startswith("/") else path)
        page.locator("liyan-chat .launcher").wait_for()
        if opened:
            page.locator("liyan-chat .launcher").click()
            stage.wait_frames("hello")
        return page

    yield go
    for context in contexts:
        context.close()
    assert not faults, f"faults in the page: {faults}"


def field(page: Page) -> Locator:
    """Return the field the customer writes in."""
    return page.get_by_role("textbox", name="输入您的问题")


def bubbles(page: Page) -> Locator:
    """Return the texts of the conversation."""
    return page.locator("liyan-chat .list .text")


def say(page: Page, text: str) -> None:
    """Write a sentence and send it."""
    field(page).fill(text)
    field(page).press("Enter")
