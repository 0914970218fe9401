"""The life of a phrase: two persons, guarded steps, a history that only grows, dates that decide."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk.database import Database
from bot.desk.models import PhraseRevision
from bot.desk.models.ticket import AppendOnlyError
from bot.desk.phrases import lifecycle, records
from bot.desk.phrases.feed import RevisionFeed
from bot.desk.phrases.in_force import ReviewContext, sendable
from bot.desk.phrases.states import ALLOWED, PhraseError
from bot.desk.sessions import WriteSession
from phrasebook.book.book import ApprovedPhrases
from phrasebook.book.choose import ensure_sendable
from phrasebook.errors import NotApprovedError
from tests.desk.phrases.phrasing import make_press

pytestmark = pytest.mark.asyncio
HOUR = timedelta(hours=1)
NEW = ["请问{product}是哪天坏的？", "{product}从什么时候开始这样的呢？"]


@pytest.fixture
def context(tmp_path: Path) -> ReviewContext:
    """Return what new words are measured by."""
    return make_press(tmp_path)


async def drafted(session: WriteSession, context: ReviewContext, now: datetime, **changes: Any) -> PhraseRevision:
    """Draft new words for a phrase as Wang Fang."""
    given = {"variants": NEW} | changes
    return await lifecycle.draft(session, context, "ask.when", given, by="王芳", reason="更口语", now=now)


async def brought(session: WriteSession, context: ReviewContext, state: str, now: datetime) -> PhraseRevision:
    """Bring a fresh draft into a state by other hands."""
    row = await drafted(session, context, now)
    if state in ("reviewed", "approved", "scheduled"):
        await lifecycle.review(session, context, row, by="李华", now=now)
    if state == "approved":
        await lifecycle.approve(session, context, row, by="李华", now=now)
    if state == "scheduled":
        await lifecycle.schedule(session, context, row, at=now + HOUR, by="李华", now=now)
    if state == "retired":
        await lifecycle.retire(session, row, by="李华", now=now, why="不用了")
    return row


async def step(
    session: WriteSession, context: ReviewContext, row: PhraseRevision, to: str, by: str, now: datetime
) -> None:
    """Take one step by its verb."""
    if to == "reviewed":
        await lifecycle.review(session, context, row, by=by, now=now)
    elif to == "approved":
        await lifecycle.approve(session, context, row, by=by, now=now)
    elif to == "scheduled":
        await lifecycle.schedule(session, context, row, at=now + HOUR, by=by, now=now)
    else:
        await lifecycle.retire(session, row, by=by, now=now, why="不用了")


async def book(session: WriteSession, context: ReviewContext, now: datetime) -> ApprovedPhrases:
    """Return the book in force."""
    return await records.book_in_force(session, context.baseline, now)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("to", ["reviewed", "approved", "scheduled", "retired"])
@pytest.mark.parametrize("state", list(ALLOWED))
async def test_only_allowed_steps(
    database: Database, context: ReviewContext, now: datetime, state: str, to: str
) -> None:
    """Every pair of states: allowed steps are taken, others refused with what is possible."""
    # A reviewed version is scheduled in one go: that approves it on the way.
    allowed = to in ALLOWED[state] or (state, to) == ("reviewed", "scheduled")
    async with database.session() as session:
        row = await brought(session, context, state, now)
        if allowed:
            await step(session, context, row, to, "李华", now)
            assert row.state == to
        else:
            with pytest.raises(PhraseError, match="cannot become"):
                await step(session, context, row, to, "李华", now)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("by", ["王芳", " 王 芳 ", "王芳\u3000"])
@pytest.mark.parametrize(
    ("state", "to", "may"),
    [
        ("draft", "reviewed", False),
        ("reviewed", "approved", False),
        ("reviewed", "scheduled", False),
        ("approved", "scheduled", False),
        ("draft", "retired", True),
        ("approved", "retired", True),
    ],
)
async def test_the_author_is_no_second_person(
    database: Database, context: ReviewContext, now: datetime, state: str, to: str, may: bool, by: str
) -> None:
    """The author may withdraw the own words, never review, approve or schedule them, however the name is typed."""
    async with database.session() as session:
        row = await brought(session, context, state, now)
        if may:
            await step(session, context, row, to, by, now)
            return
        with pytest.raises(PhraseError, match="second person"):
            await step(session, context, row, to, by, now)
        assert row.state == state


async def test_from_draft_to_customer(database: Database, context: ReviewContext, now: datetime) -> None:
    """Not before the approval are the new words in force; the history tells every step with name and reason."""
    for verb in ("draft", "review", "approve"):
        async with database.session() as session:
            if verb == "draft":
                row = await drafted(session, context, now)
                assert (row.version, row.before_version) == (4, 3)
            else:
                row = await records.newest_locked(session, "ask.when", ("draft", "reviewed"))
                await step(session, context, row, {"review": "reviewed", "approve": "approved"}[verb], "李华", now)
            version = (await book(session, context, now)).get("ask.when").version
            assert version == (4 if verb == "approve" else 3)
    async with database.session() as session:
        assert (await book(session, context, now)).get("ask.when").variants == tuple(NEW)
        lines = await records.history(session, "ask.when")
        known = await records.every_version(session, context.baseline, "ask.when")
    assert [(line.version, line.who, line.from_state, line.to_state, line.why) for line in lines] == [
        (4, "王芳", None, "draft", "更口语"),
        (4, "李华", "draft", "reviewed", ""),
        (4, "李华", "reviewed", "approved", ""),
    ]
    assert list(known) == [3, 4]


@pytest.mark.parametrize("state", ["draft", "reviewed", "retired"])
async def test_new_phrase_is_not_sendable_before_approval(
    database: Database, context: ReviewContext, now: datetime, state: str
) -> None:
    """A phrase that no file holds is known and refused until it is approved."""
    async with database.session() as session:
        changes = {"variants": ["请问是谁接待您的？"], "purpose": "请问接待人"}
        row = await lifecycle.draft(session, context, "ask.who", changes, by="王芳", reason="新增", now=now)
        if state != "draft":
            await step(session, context, row, state, "李华", now)
        phrase = (await book(session, context, now)).get("ask.who")
        with pytest.raises(NotApprovedError):
            ensure_sendable(phrase, now)
    assert (phrase.version, phrase.scene, phrase.owner) == (1, "ask", "客户关怀组")


async def test_scheduled_comes_into_force_by_the_clock(
    database: Database, context: ReviewContext, now: datetime
) -> None:
    """Before its moment the present version stays; from then on the new one is said, without any further step."""
    async with database.session() as session:
        await brought(session, context, "scheduled", now)
        assert (await book(session, context, now)).get("ask.when").version == 3
        later = await book(session, context, now + HOUR)
        assert later.get("ask.when").version == 4
        assert sendable(later.get("ask.when"), now + HOUR)
        with pytest.raises(PhraseError, match="has passed"):
            row = await records.newest_locked(session, "ask.when", ("scheduled",))
            await lifecycle.schedule(session, context, row, at=now, by="李华", now=now)


async def test_expired_version_gives_way_to_the_one_before(
    database: Database, context: ReviewContext, now: datetime
) -> None:
    """A festival's words end by their date and the usual ones come back."""
    async with database.session() as session:
        until = now.date().isoformat()
        row = await drafted(session, context, now, valid={"from": None, "until": until})
        await step(session, context, row, "reviewed", "李华", now)
        await step(session, context, row, "approved", "李华", now)
        assert (await book(session, context, now)).get("ask.when").version == 4
        assert (await book(session, context, now + 24 * HOUR)).get("ask.when").version == 3


async def test_retired_version_gives_way_and_a_retired_file_is_silent(
    database: Database, context: ReviewContext, now: datetime
) -> None:
    """The version before comes back; when the file's version is retired too, the phrase is refused."""
    async with database.session() as session:
        row = await brought(session, context, "approved", now)
        await lifecycle.retire(session, row, by="王芳", now=now, why="有误")
        assert (await book(session, context, now)).get("ask.when").version == 3
        base = await lifecycle.adopt_from_files(session, context.baseline.get("ask.when"), by="files", now=now)
        await lifecycle.retire(session, base, by="李华", now=now, why="停用")
        phrase = (await book(session, context, now)).get("ask.when")
        assert not sendable(phrase, now)
        assert phrase.state == "retired"


async def test_newer_file_goes_before_an_older_revision(
    database: Database, context: ReviewContext, now: datetime
) -> None:
    """A version of git that is higher than the running system's is in force; the next draft counts on from it."""
    async with database.session() as session:
        await brought(session, context, "approved", now)
        newer = context.baseline.with_revisions([replace(context.baseline.get("ask.when"), version=7)])
        moved = ReviewContext(newer, newer, context.checker)
        assert (await book(session, moved, now)).get("ask.when").version == 7
        assert (await drafted(session, moved, now)).version == 8


async def test_older_draft_cannot_overtake(database: Database, context: ReviewContext, now: datetime) -> None:
    """Of two drafts the higher is in force; approving the lower afterwards would do nothing and is refused."""
    async with database.session() as session:
        first = await brought(session, context, "reviewed", now)
        second = await drafted(session, context, now, variants=["请问{product}坏了多久了？"])
        for to in ("reviewed", "approved"):
            await step(session, context, second, to, "李华", now)
        current = ReviewContext(context.baseline, await book(session, context, now), context.checker)
        with pytest.raises(PhraseError, match="version 5 is in force"):
            await lifecycle.approve(session, current, first, by="李华", now=now)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"variants": ["这是最牛的{product}。"]}, "最牛"),
        ({"variants": ["你的{product}怎么了？"]}, "您"),
        ({"variants": ["请问{order}是哪天的？"]}, "order"),
        ({"variants": []}, "at least one sentence"),
        ({"variants": ["请问{product}怎么了？"] * 2}, "repeats"),
        ({"variables": {"product": {"type": "date", "sample": "明天"}}}, "no date"),
        (
            {
                "variables": {"product": {"type": "text", "sample": "锅"}, "who": {"type": "text", "sample": "我"}},
                "variants": ["{product}是{who}用的吗？"],
            },
            "nobody gives",
        ),
        ({"tone": "loud"}, "available"),
        ({"colour": "red"}, "unknown key"),
        ({"id": "ask.where"}, "asked for was"),
        (
            {"variants": ["请问{product}是什么时候出现这个情况的？", "您还记得{product}是哪一天出的状况吗？"]},
            "nothing changes",
        ),
    ],
)
async def test_faulty_words_are_no_draft(
    database: Database, context: ReviewContext, now: datetime, changes: dict[str, Any], why: str
) -> None:
    """Forbidden words, 你, unknown variables and keys, repetitions: refused with the cause."""
    async with database.session() as session:
        with pytest.raises(PhraseError, match=why):
            await drafted(session, context, now, **changes)
        assert await records.versions(session, "ask.when") == []


async def test_lists_may_grow_between_draft_and_approval(
    database: Database, context: ReviewContext, now: datetime
) -> None:
    """What a list forbids by now is not approved, though it was drafted before."""

    class Stern:
        """A filter that forbids everything."""

        def check(self, *_: object, **__: object) -> Any:
            return context.checker.check("这是最牛的", direction="bot")

    async with database.session() as session:
        row = await brought(session, context, "reviewed", now)
        stern = ReviewContext(context.baseline, context.book, Stern())  # type: ignore[arg-type]  # a filter of the test
        with pytest.raises(PhraseError, match="最牛"):
            await lifecycle.approve(session, stern, row, by="李华", now=now)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "王\n芳\x00"])
async def test_nobody_acts_without_a_name(database: Database, context: ReviewContext, now: datetime, name: str) -> None:
    """A missing or broken name is refused."""
    async with database.session() as session:
        with pytest.raises(PhraseError, match="no name"):
            await lifecycle.draft(session, context, "ask.when", {"variants": NEW}, by=name, reason="试", now=now)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_reason_is_wanted(database: Database, context: ReviewContext, now: datetime) -> None:
    """A draft or a retirement without a reason is refused."""
    async with database.session() as session:
        with pytest.raises(PhraseError, match="--reason"):
            await lifecycle.draft(session, context, "ask.when", {"variants": NEW}, by="王芳", reason=" ", now=now)
        row = await drafted(session, context, now)
        with pytest.raises(PhraseError, match="--reason"):
            await lifecycle.retire(session, row, by="王芳", now=now, why="")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_history_and_words_only_grow(database: Database, context: ReviewContext, now: datetime) -> None:
    """A line of history is neither changed nor deleted; the words of a version never change."""
    async with database.session() as session:
        await drafted(session, context, now)
    for spoil in ("why", "delete", "words"):
        with pytest.raises(AppendOnlyError):
            async with database.session() as session:
                line = (await records.history(session, "ask.when"))[0]
                row = (await records.versions(session, "ask.when"))[0]
                if spoil == "why":
                    line.why = "改写"
                elif spoil == "delete":
                    await session.delete(line)
                else:
                    row.content = row.content | {"variants": ["别的话"]}


async def test_two_drafts_at_once_get_two_versions(database: Database, context: ReviewContext, now: datetime) -> None:
    """Two persons who draft at the same moment write versions 4 and 5."""

    async def one(text: str) -> int:
        async with database.session() as session:
            return (await drafted(session, context, now, variants=[text])).version

    both = await asyncio.gather(one("{product}是哪天坏的呢？"), one("请问{product}坏了多久？"))
    assert sorted(both) == [4, 5]


async def test_feed_reads_only_after_a_step(database: Database, context: ReviewContext, now: datetime) -> None:
    """A running process sees a step at its next look, and reads nothing when there was none."""
    feed = RevisionFeed(database)
    assert await feed.poll()
    assert not await feed.poll()
    async with database.session() as session:
        await brought(session, context, "approved", now)
    assert await feed.poll()
    assert [revision.phrase.version for revision in feed.revisions] == [4]
    assert not await feed.poll()
