"""New words come into force while the gateway runs, tested first, all at once; what was held back is on record."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select, update
from structlog.testing import capture_logs

from actions.framework.quoting import SECONDS as FILTER_SECONDS
from actions.framework.quoting import Filter
from bot.chat.services import utc_now
from bot.chat.speech.phrase_reload import SECONDS, PhraseReloader
from bot.desk.models import Incident, PhraseRevision
from bot.desk.models.ticket import AppendOnlyError
from bot.desk.phrases import incidents, lifecycle, records
from bot.desk.phrases.in_force import ReviewContext
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio
NEW = "您说的是“{said}”，我记下了。"


def says(phrase: str, **variables: str) -> Any:
    """Return a reply of the engine that is always the same phrase."""
    return lambda _: [{"phrase": phrase, "variables": variables}]


def edit(path: Path, old: str, new: str) -> None:
    """Change a file as an editor does."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest_asyncio.fixture
async def stage(stage: Stage) -> Stage:
    """Let nobody but the test look for new words."""
    await stage.services.phrase_reloader.stop()
    return stage


@pytest_asyncio.fixture
async def either(either: Stage) -> Stage:
    """Let nobody but the test look for new words."""
    await either.services.phrase_reloader.stop()
    return either


async def test_an_answer_of_the_shop_is_revised_while_it_is_said(either: Stage) -> None:
    """The shop's answers are recorded with id, version and variant; an approved revision is said without a restart."""
    either.engine.reply = says("faq_invoice.paper")
    first = (await either.post("有纸质发票吗"))[-1]["custom"]
    assert (first["phrase"], first["version"]) == ("faq_invoice.paper", 1)
    await revise(either, "faq_invoice.paper", "电子发票打印出来就能报销。")
    assert await either.services.phrase_reloader.reload()
    assert (await either.post("真的吗"))[-1]["text"] == "电子发票打印出来就能报销。"
    async with either.database.session() as session:
        told = await incidents.sent_messages(session, "faq_invoice.paper")
    assert [(row["version"], row["variant"] is not None) for row in told] == [(1, True), (2, True)]


async def revise(stage: Stage, phrase_id: str, *variants: str, to: str = "approved", **more: Any) -> PhraseRevision:
    """Bring new words for a phrase into a state, as the command line does in another process."""
    words, now = stage.services.phrases, utc_now()
    press = ReviewContext(words.book, words.book, words.checker)
    async with stage.database.session() as session:
        changes = {"variants": list(variants), **more}
        row = await lifecycle.draft(session, press, phrase_id, changes, by="王芳", reason="试", now=now)
        if to != "draft":
            await lifecycle.review(session, press, row, by="李华", now=now)
        if to == "approved":
            await lifecycle.approve(session, press, row, by="李华", now=now)
        if to == "scheduled":
            await lifecycle.schedule(session, press, row, at=now + timedelta(hours=1), by="李华", now=now)
    return row


async def test_revision_is_said_after_the_next_look(either: Stage) -> None:
    """Draft and review change nothing; approved, the new version is said and recorded with its number."""
    for state in ("draft", "reviewed"):
        await revise(either, "test.echo", NEW + state[0], to=state)
        assert not await either.services.phrase_reloader.reload()
    await revise(either, "test.echo", NEW)
    assert await either.services.phrase_reloader.reload()
    answer = (await either.post("你好"))[-1]
    assert answer["text"] == "您说的是“你好”，我记下了。"
    assert answer["custom"] == {"phrase": "test.echo", "version": 6}
    async with either.database.session() as session:
        rows = await incidents.sent_messages(session, "test.echo", version=6, since=utc_now() - timedelta(1))
        nobody = await incidents.sent_messages(session, "test.echo", until=utc_now() - timedelta(1))
    assert [(row["sender"], row["channel"], row["version"]) for row in rows] == [("王芳", "rest", 6)]
    assert nobody == []


async def test_change_is_in_force_within_five_seconds(stage: Stage, words: Path) -> None:
    """Without a restart or a call, a changed file and a revision are both said within five seconds."""
    await stage.services.phrase_reloader.start()
    began = time.monotonic()
    edit(words / "approved" / "test.yml", "请问您要退货还是换货？", "您想退货，还是换货呢？")
    await revise(stage, "test.echo", NEW)
    async with asyncio.timeout(5):
        while stage.services.phrases.book.get("test.echo").version != 4:  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.05)
    assert "您想退货" in stage.services.phrases.book.get("test.ask").variants[0]
    assert time.monotonic() - began < 5
    assert SECONDS <= 2


async def test_scheduled_version_comes_into_force_by_the_clock(stage: Stage) -> None:
    """A process that only waits takes a scheduled version when its moment comes."""
    await revise(stage, "test.echo", NEW, to="scheduled")
    clock = [utc_now()]
    reloader = PhraseReloader(stage.services.phrases, stage.services.phrase_reloader._feed, clock=lambda: clock[0])
    assert not await reloader.reload()
    assert stage.services.phrases.book.get("test.echo").version == 3
    clock[0] += timedelta(hours=1, seconds=1)
    assert await reloader.reload()
    assert stage.services.phrases.book.get("test.echo").version == 4


async def test_bad_file_keeps_the_last_good_book(stage: Stage, words: Path) -> None:
    """A broken file is told with file, line and cause, once; the words stay, and the mended file is taken."""
    path = words / "approved" / "test.yml"
    before = stage.services.phrases.book
    edit(path, "purpose: 请客户选择", "purpoze: 请客户选择")
    with capture_logs() as logs:
        assert not await stage.services.phrase_reloader.reload()
        assert not await stage.services.phrase_reloader.reload()
    (told,) = (line for line in logs if line["event"] == "phrases.rejected")
    (problem, *_) = told["problems"]
    assert "test.yml:16" in problem and "purpoze" in problem
    assert stage.services.phrases.book is before
    assert "退货" in before.get("test.ask").variants[0]
    edit(path, "purpoze: 请客户选择", "purpose: 请客户选择一项")
    assert await stage.services.phrase_reloader.reload()
    assert stage.services.phrases.book.get("test.ask").purpose == "请客户选择一项"


async def test_bad_list_keeps_the_last_good_filter(stage: Stage, words: Path) -> None:
    """A list that fails its own test is told with file and line; the filter in force goes on blocking."""
    path = words / "forbidden" / "superlative.yml"
    edit(path, "    caught:", "    allow: [{span: 最牛气的牛, test: 这里没有它}]\n    caught:")
    with capture_logs() as logs:
        assert not await stage.services.phrase_reloader.reload()
    (told,) = (line for line in logs if line["event"] == "phrases.rejected")
    assert "superlative.yml:" in told["problems"][0]
    stage.engine.reply = says("test.bad")
    assert (await stage.post("你好"))[-1]["custom"]["phrase"] == "safe.generic"


async def test_new_list_is_in_force(stage: Stage, words: Path) -> None:
    """A word that was allowed is forbidden after the next look, and the conversation goes on."""
    path = words / "forbidden" / "superlative.yml"
    edit(path, "entries: [最牛", "entries: [呱呱叫, 最牛")
    assert await stage.services.phrase_reloader.reload()
    assert "呱呱叫" not in (await stage.post("你们说呱呱叫"))[-1]["text"]


@pytest.mark.parametrize("file", [True, False], ids=["file", "revision"])
async def test_gateway_never_loses_its_own_phrases(stage: Stage, words: Path, file: bool) -> None:
    """Words without which the gateway cannot work are not taken, whether a file or a revision lacks them."""
    before = stage.services.phrases.book
    if file:
        edit(words / "approved" / "system.yml", "id: system.outage", "id: system.outages")
    else:
        async with stage.database.session() as session:
            row = await lifecycle.adopt_from_files(session, before.get("system.outage"), by="files", now=utc_now())
            await lifecycle.retire(session, row, by="李华", now=utc_now(), why="误操作")
    with capture_logs() as logs:
        assert not await stage.services.phrase_reloader.reload()
    assert any("system.outage" in line["problems"][0] for line in logs if line["event"] == "phrases.rejected")
    assert stage.services.phrases.book is before


async def test_faulty_row_keeps_the_last_good_revisions(stage: Stage) -> None:
    """A revision that cannot be read is told by its name, and what was in force stays."""
    await revise(stage, "test.echo", NEW)
    assert await stage.services.phrase_reloader.reload()
    async with stage.database.session() as session:
        await session.execute(update(PhraseRevision).values(content={"id": "test.echo"}))
        rows = await records.versions(session, "test.echo")
        await lifecycle.retire(session, rows[0], by="李华", now=utc_now(), why="试")
    with capture_logs() as logs:
        assert not await stage.services.phrase_reloader.reload()
    (told,) = (line for line in logs if line["event"] == "phrases.rejected")
    assert "test.echo version 4" in told["problems"][0]
    assert stage.services.phrases.book.get("test.echo").version == 4


async def test_database_away_leaves_the_words_in_force(stage: Stage) -> None:
    """While the records do not answer, files are still taken; the outage is told once."""
    await revise(stage, "test.echo", NEW)
    await stage.services.phrase_reloader.reload()

    class Away:
        """A feed whose database is away."""

        revisions = stage.services.phrase_reloader._feed.revisions

        async def poll(self) -> bool:
            """Fail as the driver does."""
            raise ConnectionRefusedError(111, "refused")

    reloader = PhraseReloader(stage.services.phrases, Away(), clock=utc_now)  # type: ignore[arg-type]  # a feed of the test
    with capture_logs() as logs:
        assert not await reloader.reload()
        assert not await reloader.reload()
    assert [line["event"] for line in logs] == ["phrases.revisions_unread"]
    assert stage.services.phrases.book.get("test.echo").version == 4


async def test_retired_phrase_is_refused_from_the_first_message_on(stage: Stage) -> None:
    """What was retired in the running system is not said from the files, not even right after a restart."""
    async with stage.database.session() as session:
        row = await lifecycle.adopt_from_files(
            session, stage.services.phrases.book.get("test.ask"), by="files", now=utc_now()
        )
        await lifecycle.retire(session, row, by="李华", now=utc_now(), why="停用")
    await stage.stop()
    await stage.start()
    stage.engine.reply = says("test.ask")
    assert (await stage.post("你好"))[-1]["custom"]["phrase"] == "safe.generic"


@pytest.mark.parametrize(
    ("phrase", "variables", "cause", "version", "rules"),
    [
        ("test.bad", {}, "blocked", 1, {("superlative", "最牛")}),
        ("test.phone", {"phone": "13912345678"}, "blocked", 1, {("personal_data", "手机号")}),
        ("test.draft", {}, "NotApprovedError", None, set()),
        ("test.nowhere", {}, "UnknownPhraseError", None, set()),
        ("test.echo", {}, "BadVariableError", None, set()),
    ],
)
async def test_what_is_held_back_is_on_record(
    stage: Stage, phrase: str, variables: dict[str, str], cause: str, version: int | None, rules: set[tuple[str, str]]
) -> None:
    """An incident names phrase, version, rule and what was said instead; nothing of the text itself."""
    stage.engine.reply = says(phrase, **variables)
    await stage.post("你好")
    async with stage.database.session() as session:
        (found,) = await incidents.listing(session)
        later = await incidents.listing(session, since=utc_now() + timedelta(1))
    assert (found["phrase"], found["version"], found["cause"], found["said"]) == (
        phrase,
        version,
        cause,
        "safe.generic",
    )
    assert {(hit["kind"], hit["entry"]) for hit in found["hits"]} == rules
    assert "13912345678" not in str(found)
    assert datetime.fromisoformat(found["at"]) <= utc_now()
    assert later == []


async def test_dropped_button_and_card_are_on_record(stage: Stage) -> None:
    """A title or a card that may not be shown is an incident too; incidents are never changed."""
    card = {"kind": "orders", "orders": [{"number": "1", "items": [{"name": "最牛手机"}]}]}
    buttons = [{"title_phrase": "test.bad", "payload": "/a"}]
    stage.engine.reply = lambda _: [{"phrase": "test.ask", "variables": {}, "custom": card, "buttons": buttons}]
    await stage.post("你好")
    async with stage.database.session() as session:
        found = await incidents.listing(session)
    assert {(row["phrase"], row["cause"], row["said"]) for row in found} == {
        ("test.bad", "button", None),
        ("test.ask", "card", None),
    }
    with pytest.raises(AppendOnlyError):
        async with stage.database.session() as session:
            row = (await session.scalars(select(Incident))).first()
            assert row is not None
            row.cause = "none"


async def test_actions_take_new_lists(words: Path) -> None:
    """The action server masks by new lists two seconds later; a bad list leaves those in force."""
    clock = [0.0]
    made = Filter(words, clock=lambda: clock[0])
    path = words / "forbidden" / "superlative.yml"
    edit(path, "entries: [最牛", "entries: [呱呱叫, 最牛")
    assert made.checker.check("呱呱叫", direction="bot").verdict == "pass"
    clock[0] += FILTER_SECONDS
    assert made.checker.check("呱呱叫", direction="bot").verdict == "block"
    edit(path, "kind: superlative", "kindd: superlative")
    clock[0] += FILTER_SECONDS
    with capture_logs() as logs:
        assert made.checker.check("呱呱叫", direction="bot").verdict == "block"
    assert "superlative.yml:" in logs[0]["problems"][0]
