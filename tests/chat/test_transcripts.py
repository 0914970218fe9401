"""Transcripts, as `liyan conversations` shows them."""

from __future__ import annotations

import pytest

from bot.desk.conversations import transcripts
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio


async def test_transcript_tells_phrase_and_intent(stage: Stage) -> None:
    """Each sentence of the bot has phrase and version, each of the customer the intent understood."""
    await stage.post("你好")
    async with stage.database.session() as session:
        found = await transcripts.transcript(session, "王芳")
    assert found is not None
    said, welcome, answer = found["messages"]
    assert (said["direction"], said["text"], said["intent"], said["state"]) == ("in", "你好", "inform", "answered")
    assert (welcome["phrase"], welcome["version"]) == ("welcome.first", 1)
    assert (answer["phrase"], answer["version"], answer["verdict"]) == ("test.echo", 3, "pass")
    assert answer["at"].endswith("+08:00")


async def test_transcript_by_id_and_by_none(stage: Stage) -> None:
    """A conversation is found by its id as well; an unknown key finds nothing."""
    await stage.post("你好")
    async with stage.database.session() as session:
        by_name = await transcripts.transcript(session, "王芳")
        assert by_name is not None
        assert await transcripts.transcript(session, by_name["id"]) == by_name
        assert await transcripts.transcript(session, "李明") is None


async def test_listing_has_the_latest_first(stage: Stage) -> None:
    """All conversations with the number of their sentences, the one spoken in last first."""
    await stage.post("你好", sender="甲")
    await stage.post("你好", sender="乙")
    await stage.post("在吗", sender="甲")
    async with stage.database.session() as session:
        found = await transcripts.listing(session)
    assert [(row["sender"], row["messages"], row["channel"]) for row in found] == [("甲", 5, "rest"), ("乙", 3, "rest")]
