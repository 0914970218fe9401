"""Each journey in a real browser against the whole system, in five styles each, ending with the right ticket."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bot.desk.database import Database
from bot.desk.models import Conversation, Message, Ticket
from phrasebook.china_time import SHANGHAI
from tests.dialogue.script import MOST_TURNS, Bubble, Customer, Dialogue, load, order_for
from tests.shop import open_anew
from tests.stack import Stack

ANSWER_SECONDS = 10
STYLES = ("terse", "chatty", "angry", "all_in_one", "out_of_order")


def _chosen() -> list[Dialogue]:
    """Take the first dialogue of each journey and style that was written without a look at the training data."""
    found: dict[tuple[str, str], Dialogue] = {}
    for dialogue in load("journeys_blind.yml"):
        found.setdefault((dialogue.journey, dialogue.style), dialogue)
    return [found[journey, style] for journey in ("complaint", "return", "repair", "consult") for style in STYLES]


@pytest.fixture(scope="module")
def rows(stack: Stack) -> Iterator[Session]:
    """Open the running system's records for reading, outside of any event loop."""
    engine = create_engine(stack.settings.database.replace("+aiosqlite", ""))
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def goods(stack: Stack) -> dict[str, Any]:
    """Load the demo shop anew; in a thread of its own, since the browser's driver keeps this one's event loop."""

    async def load_shop() -> dict[str, Any]:
        database = Database(stack.settings.database)
        try:
            return await open_anew(database, stack.settings)
        finally:
            await database.close()

    done: Future[dict[str, Any]] = Future()
    threading.Thread(target=lambda: done.set_result(asyncio.run(load_shop()))).start()
    return done.result(timeout=30)


@pytest.fixture
def earlier(rows: Session) -> frozenset[str]:
    """Return the conversations of the visitors who came before."""
    rows.rollback()
    return frozenset(rows.scalars(select(Conversation.id)))


@pytest.fixture
def chat(browser: Browser, stack: Stack, earlier: frozenset[str]) -> Iterator[Page]:
    """Open the demo shop as a new visitor, with the chat open."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(stack.url)
    page.locator("liyan-chat").get_by_role("button").first.click()
    yield page
    context.close()


class Visitor:
    """Type on the page, read the page, and learn from the records which phrase was said."""

    def __init__(self, page: Page, rows: Session, earlier: frozenset[str]) -> None:
        """Find the visitor's conversation: the one that was not there before."""
        self.page, self.rows = page, rows
        expect(page.locator("liyan-chat textarea")).to_be_editable()
        new = select(Conversation).where(Conversation.channel == "web", Conversation.id.not_in(earlier))
        self.conversation = _wait(lambda: rows.scalars(new).first(), rows)
        self.bubbles: list[Bubble] = []
        self.said = 0

    def say(self, text: str) -> None:
        """Type a sentence, send it with Enter, wait for the answer and find its last sentence on the page."""
        box = self.page.locator("liyan-chat textarea")
        box.fill(text)
        box.press("Enter")
        self.said += 1
        answers = _wait(self._answers, self.rows)
        self.bubbles = [Bubble(row.phrase or "", row.text) for row in answers]
        expect(self.page.locator("liyan-chat").get_by_text(answers[-1].text.splitlines()[-1]).last).to_be_visible()

    def _answers(self) -> list[Message] | None:
        mine = select(Message).where(Message.conversation_id == self.conversation.id).order_by(Message.seq)
        asked = list(self.rows.scalars(mine.where(Message.direction == "in")))
        if len(asked) < self.said or asked[-1].state != "answered":
            return None
        return list(self.rows.scalars(mine.where(Message.reply_to == asked[-1].id))) or None


def _wait(look: Any, rows: Session) -> Any:
    """Look until there is something to see."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        rows.rollback()
        rows.expire_all()
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"nothing after {ANSWER_SECONDS} s")


@pytest.mark.parametrize("dialogue", _chosen(), ids=lambda dialogue: dialogue.name)
def test_journey_in_the_browser(
    dialogue: Dialogue, chat: Page, rows: Session, earlier: frozenset[str], goods: dict[str, Any], stack: Stack
) -> None:
    """A customer who types on the page ends with the ticket that the dialogue's author expects, and sees its number."""
    now = datetime.now(SHANGHAI)
    filled = dialogue.filled(order_for(dialogue.order, goods["orders"], now))
    visitor, customer = Visitor(chat, rows, earlier), Customer(filled)
    for _ in range(MOST_TURNS):
        text = customer.next(visitor.bubbles)
        if text is None:
            break
        visitor.say(text)
    rows.expire_all()
    found = list(rows.scalars(select(Ticket).where(Ticket.conversation_id == visitor.conversation.id)))
    wanted: dict[str, Any] | None = filled.expect["ticket"]
    if wanted is None:
        assert not found
        return
    assert [ticket.kind for ticket in found if ticket.kind == wanted["kind"]] == [wanted["kind"]]
    ticket = next(ticket for ticket in found if ticket.kind == wanted["kind"])
    assert {key: ticket.fields.get(key) for key in wanted.get("fields", {})} == wanted.get("fields", {})
    expect(chat.locator("liyan-chat").get_by_text(ticket.number).first).to_be_visible()
