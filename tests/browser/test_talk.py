"""What is said: sending, composing, states, limits, history, unread."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Visit, bubbles, field
from tests.browser.stage import Stage


def test_enter_sends_and_shift_enter_breaks_the_line(stage: Stage, visit: Visit) -> None:
    """Enter sends the sentence, Shift and Enter only start a new line."""
    page = visit()
    field(page).press_sequentially("第一行")
    field(page).press("Shift+Enter")
    field(page).press_sequentially("第二行")
    field(page).press("Enter")
    assert stage.wait_frames("message")[0]["text"] == "第一行\n第二行"
    expect(field(page)).to_have_value("")
    expect(bubbles(page)).to_have_text(["第一行\n第二行"])
