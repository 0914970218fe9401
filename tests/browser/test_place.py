"""The place in the conversation while new sentences come and the field grows."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit, bubbles, field, say
from tests.browser.stage import Stage

STEPS = "这一步请您慢慢来，做完以后等一分钟再看。" * 8


def told(stage: Stage, count: int = 30) -> None:
    """Put some talk into the history."""
    for number in range(count):
        stage.bot(f"第 {number} 句", past=True)


def answer(page: Page, stage: Stage, parts: int) -> None:
    """Ask something and let the bot answer in so many long sentences."""
    say(page, "请教我怎么做")
    stage.wait_frames("message")
    for number in range(parts):
        stage.bot(f"{number} {STEPS}", turn="answer")
    expect(bubbles(page).last).to_have_text(f"{parts - 1} {STEPS}")


def test_a_long_answer_is_shown_from_its_beginning(stage: Stage, visit: Visit) -> None:
    """An answer higher than the view is not run past: its first sentence stays, a pill leads to the rest."""
    told(stage)
    page = visit(reduced_motion="reduce", **PHONE)
    expect(bubbles(page).last).to_be_in_viewport()
    answer(page, stage, 6)
    first = bubbles(page).filter(has_text=f"0 {STEPS}")
    expect(first).to_be_in_viewport(ratio=1)
    expect(bubbles(page).last).not_to_be_in_viewport()
    last = stage.messages[-1]["seq"]
    assert last not in [frame["seq"] for frame in stage.frames("read")]
    page.locator("liyan-chat .pill").click()
    expect(bubbles(page).last).to_be_in_viewport()
    stage.wait(lambda: any(frame["seq"] == last for frame in stage.frames("read")), "read to the end")
    expect(page.locator("liyan-chat .pill")).to_be_hidden()


def test_a_short_answer_is_followed_to_its_end(stage: Stage, visit: Visit) -> None:
    """What fits into the view is shown whole, the newest at the bottom."""
    told(stage)
    page = visit(reduced_motion="reduce")
    say(page, "在吗")
    stage.wait_frames("message")
    stage.bot("在的", turn="answer")
    stage.bot("请问有什么可以帮您？", turn="answer")
    expect(bubbles(page).last).to_be_in_viewport(ratio=1)
    expect(page.locator("liyan-chat .pill")).to_be_hidden()


def test_writing_many_lines_does_not_move_the_conversation(stage: Stage, visit: Visit) -> None:
    """While the field grows, line by line, the newest sentence stays in sight, and the next one is followed."""
    told(stage)
    page = visit(reduced_motion="reduce")
    for lines in range(1, 9):
        field(page).fill("一行\n" * lines)
        expect(bubbles(page).last).to_be_in_viewport(ratio=1)
    field(page).fill("好" * 2003)
    expect(bubbles(page).last).to_be_in_viewport(ratio=1)
    stage.bot("新的一句")
    expect(bubbles(page).last).to_have_text("新的一句")
    expect(bubbles(page).last).to_be_in_viewport(ratio=1)
    expect(page.locator("liyan-chat .pill")).to_be_hidden()
