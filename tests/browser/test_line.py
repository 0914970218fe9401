"""The line to the server: it breaks, says so, comes back, and nothing is lost or said twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, bubbles, say
from tests.browser.stage import Stage


def test_the_line_comes_back_and_brings_what_was_missed(stage: Stage, visit: Visit) -> None:
    """After a break the element greets with the last seq it holds and draws only what is new."""
    page = visit()
    stage.bot("第一句")
    expect(bubbles(page)).to_have_count(1)
    stage.cut(1012)
    stage.bot("断线时说的", past=True)
    assert stage.wait_frames("hello", 2)[1]["after"] == 1
    expect(bubbles(page)).to_have_text(["第一句", "断线时说的"])
    assert len(stage.sessions) == 1


def tire(page: Page) -> None:
    """Let so many tries fail that the next one is far away: whatever comes now was asked for."""
    for tries in range(1, 7):
        page.wait_for_function(
            "tries => { const { line } = document.querySelector('liyan-chat').service;"
            " return line.state === 'waiting' && line.tries >= tries; }",
            arg=tries,
        )
        page.clock.fast_forward(31_000)
    page.wait_for_function("() => document.querySelector('liyan-chat').state === 'waiting'")


def test_a_break_is_told_and_the_customer_need_not_wait(stage: Stage, visit: Visit) -> None:
    """While the line is down a notice says so; one press tries at once."""
    page = visit(clock=True, reduced_motion="reduce")
    stage.script.accepting = False
    stage.cut(1012)
    banner = page.locator("liyan-chat .banner")
    expect(banner).to_contain_text("连接断开了，正在为您重新连接")
    tire(page)
    stage.script.accepting = True
    page.get_by_role("button", name="立即重连").click()
    stage.wait_frames("hello", 2)
    expect(banner).to_be_hidden()
    expect(page.locator("liyan-chat .line")).to_have_text("智能客服 · 在线")


def test_tries_grow_rarer(stage: Stage, visit: Visit) -> None:
    """The pauses double from half a second to at most thirty."""
    page = visit(clock=True)
    page.evaluate(
        """() => {
          window.pauses = [];
          const line = document.querySelector("liyan-chat").service.line;
          line.addEventListener("state", ({ detail }) => detail.state === "waiting" && pauses.push(detail.seconds));
        }"""
    )
    stage.script.accepting = False
    stage.cut(1012)
    for count in range(1, 10):
        page.wait_for_function("count => pauses.length >= count", arg=count)
        page.clock.fast_forward(31_000)
    pauses = page.evaluate("() => pauses")
    assert pauses[0] == 1
    assert pauses[:7] == sorted(pauses[:7])
    assert all(22 <= pause <= 30 for pause in pauses[6:])


def test_what_is_said_while_the_line_is_down_goes_out_once_it_is_back(stage: Stage, visit: Visit) -> None:
    """Sentences wait, in order, and are said once."""
    page = visit(clock=True, reduced_motion="reduce")
    stage.script.accepting = False
    stage.cut(1012)
    tire(page)
    say(page, "一")
    say(page, "二")
    expect(page.locator("liyan-chat .row.own .status").last).to_have_text("连接后自动发送")
    stage.script.accepting = True
    page.get_by_role("button", name="立即重连").click()
    assert [frame["text"] for frame in stage.wait_frames("message", 2)] == ["一", "二"]
    expect(bubbles(page)).to_have_text(["一", "二"])


def test_whoever_speaks_does_not_wait_for_the_next_try(stage: Stage, visit: Visit) -> None:
    """A sentence said while the next try is far away brings the line back at once."""
    page = visit(clock=True, reduced_motion="reduce")
    stage.script.accepting = False
    stage.cut(1012)
    tire(page)
    stage.script.accepting = True
    say(page, "还在吗")
    assert stage.wait_frames("message")[0]["text"] == "还在吗"
    expect(bubbles(page)).to_have_text(["还在吗"])


def test_a_lost_acknowledgement_does_not_say_it_twice(stage: Stage, visit: Visit) -> None:
    """A sentence that was taken just before the break is found in the answer to the greeting."""
    page = visit()
    stage.script.acks = stage.script.echo = False
    say(page, "我要退货")
    stage.wait_frames("message")
    stage.script.acks = stage.script.echo = True
    stage.cut(1012)
    stage.wait_frames("hello", 2)
    expect(page.locator("liyan-chat .row.own .status")).to_have_text("已送达")
    expect(bubbles(page)).to_have_text(["我要退货"])
    assert len(stage.frames("message")) == 1


def test_a_refused_session_is_renewed_at_once(stage: Stage, visit: Visit) -> None:
    """4401 asks for a new session and comes back without a pause."""
    visit()
    stage.cut(4401)
    stage.wait_frames("hello", 2)
    assert len(stage.sessions) == 2


def test_a_page_open_for_days_renews_its_session(stage: Stage, visit: Visit) -> None:
    """After the time the server names the session is renewed while the line stays up."""
    page = visit(clock=True)
    page.clock.fast_forward(86_400_000)
    stage.wait(lambda: len(stage.sessions) == 2, "a second session")
    assert len(stage.frames("hello")) == 1


@pytest.mark.parametrize("code", [4400, 4403])
def test_some_ends_are_final(stage: Stage, visit: Visit, code: int) -> None:
    """A refused origin or a fault of ours is not hammered; the customer is told, unsent sentences show as such."""
    page = visit(clock=True)
    stage.cut(code)
    expect(page.locator("liyan-chat .banner")).to_contain_text("暂时连不上客服")
    page.clock.fast_forward(120_000)
    say(page, "在吗")
    expect(page.locator("liyan-chat .row.own .status")).to_contain_text("未发送")
    assert len(stage.frames("hello")) == 1


def test_a_flood_is_let_rest(stage: Stage, visit: Visit) -> None:
    """4429 waits half a minute."""
    page = visit(clock=True)
    stage.cut(4429)
    expect(page.locator("liyan-chat .banner")).to_contain_text("连接断开了")
    page.clock.fast_forward(25_000)
    assert len(stage.frames("hello")) == 1
    page.clock.fast_forward(6_000)
    stage.wait_frames("hello", 2)


def test_a_silent_line_is_given_up(stage: Stage, visit: Visit) -> None:
    """A ping that nothing follows for 20 seconds ends the line, although the browser thinks it open."""
    page = visit(clock=True)
    stage.script.pongs = False
    # The greeting has a time of its own, which must not end when the clock jumps.
    state = 'document.querySelector("liyan-chat").service.line.state'
    stage.wait(lambda: page.evaluate(state) == "online", "an open line")
    page.clock.fast_forward(25_500)
    stage.wait_frames("ping")
    page.clock.fast_forward(20_500)
    expect(page.locator("liyan-chat .banner")).to_contain_text("连接断开了")
    page.clock.fast_forward(1_000)
    stage.wait_frames("hello", 2)


def test_without_network_the_element_waits_for_it(stage: Stage, visit: Visit) -> None:
    """Going off line is told; coming back connects at once."""
    page = visit()
    page.context.set_offline(True)
    expect(page.locator("liyan-chat .banner")).to_contain_text("网络似乎断开了")
    page.context.set_offline(False)
    stage.wait_frames("hello", 2)
    expect(page.locator("liyan-chat .banner")).to_be_hidden()


def test_records_that_are_away_do_not_end_the_chat(stage: Stage, visit: Visit) -> None:
    """A session that cannot be had now is asked for again."""
    page = visit(opened=False)
    stage.script.session_status = 503
    page.get_by_role("button", name="打开在线客服").click()
    expect(page.locator("liyan-chat .banner")).to_contain_text("连接断开了")
    stage.script.session_status = 200
    stage.wait_frames("hello")
    expect(page.locator("liyan-chat .banner")).to_be_hidden()


def test_frames_of_a_later_protocol_are_passed_over(stage: Stage, visit: Visit) -> None:
    """Types and fields that the element does not know change nothing."""
    page = visit()
    stage.push({"type": "fireworks", "count": 3})
    stage.push({"type": "message", "message": None})
    stage.push({"type": "__proto__"})
    stage.bot("还在")
    expect(bubbles(page)).to_have_text(["还在"])
