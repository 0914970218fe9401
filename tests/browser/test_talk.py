"""What is said: composing, limits, delivery, history, what was not seen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, bubbles, field, say
from tests.browser.stage import Stage

# What browsers report around the Enter that chooses a word.
CHOOSING = {
    "chrome": ["compositionstart", {"key": "Enter", "isComposing": True, "keyCode": 229}, "compositionend"],
    "safari": ["compositionstart", "compositionend", {"key": "Enter", "keyCode": 229}],
    "safari, key code lost": ["compositionstart", "compositionend", {"key": "Enter", "keyCode": 13}],
    "android": [{"key": "Enter", "keyCode": 229}],
}
PLAY = """(field, events) => {
  for (const event of events) {
    if (typeof event === "string") field.dispatchEvent(new CompositionEvent(event, { bubbles: true }));
    else field.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...event }));
  }
}"""


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


@pytest.mark.parametrize("events", CHOOSING.values(), ids=CHOOSING.keys())
def test_the_enter_that_chooses_a_word_does_not_send(stage: Stage, visit: Visit, events: list[object]) -> None:
    """Enter while composing Chinese stays in the field, whatever the browser reports; the next Enter sends."""
    page = visit()
    field(page).fill("退货")
    field(page).evaluate(PLAY, events)
    expect(field(page)).to_have_value("退货")
    expect(bubbles(page)).to_have_count(0)
    # The element forgets the composition in the task after it.
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    field(page).press("Enter")
    assert [frame["text"] for frame in stage.wait_frames("message")] == ["退货"]


def test_an_input_method_of_the_browser_is_not_disturbed(stage: Stage, visit: Visit) -> None:
    """A real composition, as the browser's engine makes it, ends in the field and is sent by the Enter after it."""
    page = visit()
    field(page).focus()
    driver = page.context.new_cdp_session(page)
    driver.send("Input.imeSetComposition", {"text": "tui huo", "selectionStart": 7, "selectionEnd": 7})
    driver.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229})
    driver.send("Input.insertText", {"text": "退货"})
    expect(field(page)).to_have_value("退货")
    field(page).press("Enter")
    assert [frame["text"] for frame in stage.wait_frames("message")] == ["退货"]


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "　"])
def test_nothing_is_not_sent(stage: Stage, visit: Visit, text: str) -> None:
    """A field with blanks only has nothing to send."""
    page = visit()
    field(page).fill(text)
    expect(page.get_by_role("button", name="发送")).to_be_disabled()
    field(page).press("Enter")
    say(page, "在吗")
    assert [frame["text"] for frame in stage.wait_frames("message")] == ["在吗"]


def test_the_limit_is_told_politely_and_nothing_is_cut(stage: Stage, visit: Visit) -> None:
    """More than 2,000 characters are not sent: the customer is asked to divide them, and the text stays whole."""
    page = visit()
    field(page).fill("好" * 2003)
    expect(page.locator("liyan-chat .limit")).to_contain_text("一次最多可以写 2000 个字，已经超出 3 个。麻烦您分成几条")
    expect(page.locator("liyan-chat .counter")).to_have_text("2003/2000")
    expect(page.get_by_role("button", name="发送")).to_be_disabled()
    expect(field(page)).to_have_attribute("aria-invalid", "true")
    field(page).press("Enter")
    assert len(field(page).input_value()) == 2003
    say(page, "好" * 2000)
    assert [len(frame["text"]) for frame in stage.wait_frames("message")] == [2000]
    expect(page.locator("liyan-chat .limit")).to_be_empty()


def test_characters_are_counted_as_the_server_counts_them(stage: Stage, visit: Visit) -> None:
    """An emoji is one character, although the browser stores two."""
    page = visit()
    say(page, "😀" * 2000)
    assert stage.wait_frames("message")[0]["text"] == "😀" * 2000


def test_an_unheard_sentence_is_sent_again_under_the_same_id(stage: Stage, visit: Visit) -> None:
    """Without acknowledgement it goes out again every 10 seconds; after three tries the customer may retry."""
    page = visit(clock=True)
    stage.script.acks = stage.script.echo = False
    say(page, "有人吗")
    status = page.locator("liyan-chat .row.own .status")
    expect(status).to_have_text("发送中")
    for count in (1, 2, 3):
        stage.wait_frames("message", count)
        page.clock.fast_forward(10_500)
    expect(status).to_contain_text("未发送")
    stage.script.acks = True
    page.get_by_role("button", name="重试").click()
    expect(status).to_have_text("已送达")
    assert len({frame["client_id"] for frame in stage.frames("message")}) == 1
    assert len([message for message in stage.messages if message["from"] == "customer"]) == 1


def test_a_sentence_the_records_cannot_take_is_kept(stage: Stage, visit: Visit) -> None:
    """`unavailable` shows the sentence as not sent; one press sends it again."""
    page = visit()
    stage.script.refuse = "unavailable"
    say(page, "我要投诉")
    expect(page.locator("liyan-chat .row.own .status")).to_contain_text("未发送")
    stage.script.refuse = None
    page.get_by_role("button", name="重试").click()
    expect(page.locator("liyan-chat .row.own .status")).to_have_text("已送达")
    expect(bubbles(page)).to_have_text(["我要投诉"])


def test_too_fast_waits_and_goes_by_itself(stage: Stage, visit: Visit) -> None:
    """`slow_down` keeps the sentence for the time the server names."""
    page = visit(clock=True)
    stage.script.refuse = "slow_down"
    say(page, "快点")
    expect(page.locator("liyan-chat .row.own .status")).to_have_text("稍后自动发送")
    stage.script.refuse = None
    page.clock.fast_forward(1_500)
    expect(page.locator("liyan-chat .row.own .status")).to_have_text("已送达")


def test_the_conversation_is_there_after_a_reload(stage: Stage, visit: Visit) -> None:
    """History comes from the server, in order, each sentence once; what was being written is still in the field."""
    page = visit()
    say(page, "我想退货")
    stage.wait_frames("message")
    stage.bot("好的，请您说一下订单号。")
    expect(bubbles(page)).to_have_count(2)
    field(page).fill("订单号是")
    page.reload()
    page.get_by_role("button", name="打开在线客服").click()
    expect(bubbles(page)).to_have_text(["我想退货", "好的，请您说一下订单号。"])
    expect(field(page)).to_have_value("订单号是")
    assert "after" not in stage.frames("hello")[-1]


def test_a_sentence_not_yet_taken_survives_a_reload(stage: Stage, visit: Visit) -> None:
    """What the server has not acknowledged is sent after the reload, under the id it had before."""
    page = visit()
    stage.script.refuse = "unavailable"
    say(page, "请等等我")
    expect(page.get_by_role("button", name="重试")).to_be_visible()
    stage.script.refuse = None
    page.reload()
    page.get_by_role("button", name="打开在线客服").click()
    page.get_by_role("button", name="重试").click()
    frames = stage.wait_frames("message", 2)
    assert frames[0]["client_id"] == frames[1]["client_id"]
    expect(bubbles(page)).to_have_text(["请等等我"])


def test_older_sentences_come_without_moving_what_is_read(stage: Stage, visit: Visit) -> None:
    """Scrolling to the top fetches the page before, and the sentence in sight stays in its place."""
    for number in range(1, 121):
        stage.bot(f"第 {number} 句", past=True)
    page = visit()
    expect(bubbles(page)).to_have_count(50)
    expect(bubbles(page).last).to_be_in_viewport()
    first = bubbles(page).filter(has_text=re.compile(r"^第 71 句$"))
    page.locator("liyan-chat .view").evaluate("view => view.scrollTo(0, 1)")
    before = first.bounding_box()
    expect(bubbles(page)).to_have_count(100)
    after = first.bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 30
    page.get_by_role("button", name="查看更早的消息").click()
    expect(bubbles(page)).to_have_count(120)
    expect(bubbles(page).first).to_have_text("第 1 句")
    expect(page.get_by_role("button", name="查看更早的消息")).to_be_hidden()


def test_older_sentences_that_cannot_be_had_may_be_asked_again(stage: Stage, visit: Visit) -> None:
    """A failure shows in place and leaves the button."""
    for number in range(60):
        stage.bot(f"第 {number} 句", past=True)
    page = visit()
    stage.script.history_status = 503
    page.locator("liyan-chat .older").dispatch_event("click")
    expect(page.locator("liyan-chat .older")).to_have_text("没有取到更早的消息，点此再试")
    stage.script.history_status = 200
    page.locator("liyan-chat .older").dispatch_event("click")
    expect(bubbles(page)).to_have_count(60)


def test_unread_answers_are_counted_while_the_chat_is_shut(stage: Stage, visit: Visit) -> None:
    """The launcher tells the number, also to a screen reader; opening the chat reads them."""
    page = visit()
    page.get_by_role("button", name="收起对话").click()
    stage.bot("第一条")
    stage.bot("第二条")
    expect(page.locator("liyan-chat .badge")).to_have_text("2")
    page.get_by_role("button", name="打开在线客服，2 条未读消息").click()
    assert stage.wait_frames("read")[-1]["seq"] == 2
    page.get_by_role("button", name="收起对话").click()
    expect(page.locator("liyan-chat .badge")).to_be_hidden()


def test_a_known_visitor_sees_the_count_without_opening(stage: Stage, visit: Visit) -> None:
    """After a reload the element asks for unread answers by itself; a new visitor is not connected at all."""
    page = visit(opened=False)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    assert not stage.frames("hello")
    page.get_by_role("button", name="打开在线客服").click()
    stage.wait_frames("hello")
    page.reload()
    stage.wait_frames("hello", 2)
    stage.bot("您的退款已经处理")
    expect(page.locator("liyan-chat .badge")).to_have_text("1")


def test_who_reads_further_up_is_not_pulled_down(stage: Stage, visit: Visit) -> None:
    """A new sentence shows as a pill; one press leads to it and only then it counts as read."""
    for number in range(40):
        stage.bot(f"第 {number} 句", past=True)
    page = visit()
    expect(bubbles(page).last).to_be_in_viewport()
    view = page.locator("liyan-chat .view")
    view.hover()
    page.mouse.wheel(0, -400)
    pill = page.locator("liyan-chat .pill")
    expect(pill).to_be_visible()
    place = view.evaluate("view => view.scrollTop")
    stage.bot("新的一句")
    expect(pill).to_contain_text("新消息 1")
    assert view.evaluate("view => view.scrollTop") == place
    assert 41 not in [frame["seq"] for frame in stage.frames("read")]
    pill.click()
    expect(bubbles(page).last).to_be_in_viewport()
    stage.wait(lambda: any(frame["seq"] == 41 for frame in stage.frames("read")), "read up to 41")
    expect(pill).to_be_hidden()


def test_a_second_tab_shows_the_same_conversation(stage: Stage, visit: Visit) -> None:
    """What is said in one tab stands in the other, once."""
    one = visit()
    two = visit(beside=one)
    say(one, "两个窗口")
    expect(bubbles(two)).to_have_text(["两个窗口"])
    expect(bubbles(one)).to_have_text(["两个窗口"])


def test_the_typing_sign_comes_and_goes(stage: Stage, visit: Visit) -> None:
    """While the bot is busy three dots stand below the conversation."""
    page = visit()
    sign = page.get_by_role("img", name="正在输入")
    stage.typing(True)
    expect(sign).to_be_visible()
    stage.typing(False)
    expect(sign).to_be_hidden()


def test_each_sentence_tells_who_and_when(stage: Stage, visit: Visit) -> None:
    """Robot, member of staff and the customer are told apart, with the time in the shop's zone; days have a line."""
    stage.bot("您好", past=True, at="2026-11-20T14:03:05+08:00")
    stage.bot("我是王芳", past=True, author="staff", name="王芳", at="2026-11-21T06:04:00Z")
    page = visit(timezone_id="America/New_York")
    expect(page.locator("liyan-chat .list .who")).to_have_text(["智能客服", "王芳"])
    expect(page.locator("liyan-chat .list time")).to_have_text(["14:03", "14:04"])
    expect(page.locator("liyan-chat .day-line")).to_have_count(2)


def drafts(page: Page) -> list[str]:
    """Return the names of what the element keeps in the tab."""
    found: list[str] = page.evaluate("() => Object.keys(sessionStorage)")
    return found


def test_nothing_said_stays_in_the_browser(stage: Stage, visit: Visit) -> None:
    """Once the server has a sentence, no copy of it is kept on a machine that others may use."""
    page = visit()
    say(page, "我的电话是13800138000")
    expect(page.locator("liyan-chat .row.own .status")).to_have_text("已送达")
    assert drafts(page) == []
    assert page.evaluate("() => JSON.stringify(localStorage)").count("13800138000") == 0
