"""The inbox of misunderstood messages: what lands in it and why, groups, labels, the export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from bot.desk.database import Database
from bot.desk.inbox import export, labels, misunderstood
from bot.desk.inbox.labels import IGNORE, LabelError
from bot.desk.models import Message, Rating, Ticket

INTENTS = frozenset({"return_goods", "refund_status", "logistics", "greet"})


def said(text: str, intent: str, confidence: float = 0.9, **more: Any) -> dict[str, Any]:
    """Return a customer's message: `journey`, `asked`, `answer` (phrase of the reply), `payload`, `after` seconds."""
    return {"text": text, "intent": intent, "confidence": confidence, **more}


async def write(database: Database, talk: str, lines: Sequence[dict[str, Any]], now: datetime) -> list[str]:
    """Write messages with their answers into a conversation; return the ids of the customer's."""
    ids, at, seq = [], now, 0
    async with database.session() as session:
        for number, line in enumerate(lines):
            at += timedelta(seconds=line.get("after", 20))
            message_id = f"{number:02}{talk}".ljust(32, "0")
            understood = {key: line.get(key) for key in ("intent", "confidence", "journey", "asked", "entities")}
            common = {"conversation_id": talk, "customer_id": "c1", "at": at}
            session.add(
                Message(
                    id=message_id,
                    seq=(seq := seq + 1),
                    direction="in",
                    author="customer",
                    state="answered",
                    text=line["text"],
                    payload=line.get("payload"),
                    understood=understood,
                    **common,
                )
            )
            session.add(
                Message(
                    id=f"o{message_id}"[:32],
                    seq=(seq := seq + 1),
                    direction="out",
                    author="bot",
                    state="queued",
                    text="…",
                    reply_to=message_id,
                    phrase=line.get("answer", "social.greet"),
                    **common,
                )
            )
            ids.append(message_id)
    return ids


async def reasons(database: Database, now: datetime) -> dict[str, tuple[tuple[str, ...], str | None]]:
    """Return the inbox as text → reasons and suggestion."""
    async with database.session() as session:
        found = await misunderstood.inbox(session, since=now)
        return {one.heard.text: (one.reasons, one.suggestion) for one in found}


TABLE: tuple[tuple[str, list[dict[str, Any]], dict[str, tuple[tuple[str, ...], str | None]]], ...] = (
    ("understood", [said("你好", "greet"), said("我要退货", "return_goods", journey="return_form", asked="order")], {}),
    ("a doubtful opening", [said("弄一下那个", "logistics", 0.3)], {"弄一下那个": (("low_confidence",), None)}),
    (
        "an answer to a question may be anything",
        [said("我要退货", "return_goods", journey="return_form", asked="reason"), said("袖子太长", "inform", 0.2)],
        {},
    ),
    (
        "the bot said that it did not understand",
        [said("啥啥啥", "chitchat", 0.8, answer="unsure.rephrase")],
        {"啥啥啥": (("fallback",), None)},
    ),
    (
        "a clarifying button names the wish",
        [
            said("钱呢", "chitchat", 0.4, answer="unsure.clarify"),
            said("退款进度", "refund_status", 1.0, payload="/refund_status"),
        ],
        {"钱呢": (("fallback", "low_confidence", "corrected"), "refund_status")},
    ),
    (
        "another wish in place of an answer",
        [
            said("退的钱怎么还没到", "return_goods", journey="return_form", asked="order"),
            said("我是问退款到账没有", "refund_status", journey="order_form", asked="order"),
        ],
        {"退的钱怎么还没到": (("corrected",), "refund_status")},
    ),
    (
        "taken back at once",
        [
            said("这个不想要", "return_goods", journey="return_form", asked="order"),
            said("不是，没说要退", "deny", journey=None),
        ],
        {"这个不想要": (("corrected",), None)},
    ),
    (
        "a second wish after a whole answer is no correction",
        [said("羽绒服多少钱", "consult_price_promotion"), said("我的快递到哪了", "logistics", journey="order_form")],
        {},
    ),
    (
        "a wish much later is no correction",
        [
            said("我要退货", "return_goods", journey="return_form", asked="order"),
            said("快递到哪了", "logistics", after=3600, journey="order_form"),
        ],
        {},
    ),
)


@pytest.mark.parametrize(("name", "lines", "expected"), TABLE, ids=[line[0] for line in TABLE])
async def test_what_lands_in_the_inbox(
    name: str,
    lines: list[dict[str, Any]],
    expected: dict[str, tuple[tuple[str, ...], str | None]],
    database: Database,
    talk: str,
    now: datetime,
) -> None:
    """Fallbacks, doubts and corrections land in the inbox with reason and suggestion; what went well does not."""
    await write(database, talk, lines, now)
    assert await reasons(database, now) == expected


async def test_a_low_rating_blames_what_opened_a_subject(database: Database, talk: str, now: datetime) -> None:
    """After a low score the wishes of the last half hour land in the inbox, answers and courtesies do not."""
    lines = [
        said("谢谢", "thank"),
        said("查快递", "logistics", journey="order_form", asked="order"),
        said("260311000128", "inform"),
    ]
    ids = await write(database, talk, lines, now)
    async with database.session() as session:
        rated = now + timedelta(minutes=5)
        session.add(Rating(conversation_id=talk, message_id=ids[-1], score=2, at=rated))
    assert await reasons(database, now) == {"查快递": (("low_rating",), None)}


async def test_groups_labels_and_what_is_left(database: Database, talk: str, now: datetime) -> None:
    """Alike messages make one group; a label takes all of them off the list, `ignore` too."""
    texts = ("快递咋还没到啊", "快递咋还不到", "快递怎么还没到", "嘎嘎嘎")
    await write(database, talk, [said(text, "chitchat", 0.3) for text in texts], now)
    async with database.session() as session:
        found = labels.groups(await misunderstood.inbox(session, since=now))
        assert [len(group.members) for group in found] == [3, 1]
        done = await labels.label(session, found, found[0].id, "logistics", by="王", now=now, intents=INTENTS)
        assert len(done) == 3
        odd = found[1].members[0].heard.id
        await labels.label(session, found, odd[:8], IGNORE, by="王", now=now, intents=INTENTS)
    assert await reasons(database, now) == {}
    async with database.session() as session:
        assert {(one.text, one.intent) for one in await labels.labelled(session)} == {
            (text, "logistics") for text in texts[:3]
        }


async def test_a_second_label_replaces_the_first(database: Database, talk: str, now: datetime) -> None:
    """Who labels a message again corrects the label."""
    ids = await write(database, talk, [said("钱呢", "chitchat", 0.3)], now)
    async with database.session() as session:
        for intent in ("logistics", "refund_status"):
            await labels.label(session, [], ids[0], intent, by="王", now=now, intents=INTENTS)
        assert [one.intent for one in await labels.labelled(session)] == ["refund_status"]


WRONG = (("nonsense", "no intent 'nonsense': available: greet"), ("logistics", "no group or message"))


@pytest.mark.parametrize(("intent", "message"), WRONG)
async def test_a_wrong_label_says_what_there_is(intent: str, message: str, database: Database, now: datetime) -> None:
    """An unknown intent lists the known ones; an unknown group says that groups change."""
    async with database.session() as session:
        with pytest.raises(LabelError, match=message):
            await labels.label(session, [], "g0000000", intent, by="王", now=now, intents=INTENTS)


async def test_a_group_that_has_grown_has_another_id(database: Database, talk: str, now: datetime) -> None:
    """Nobody labels what was not on the list: another text in the group changes its id, the same text does not."""
    lines = [said("快递咋还没到啊", "chitchat", 0.3), said("快递咋还没到啊！", "chitchat", 0.3)]
    await write(database, talk, lines, now)
    async with database.session() as session:
        found = await misunderstood.inbox(session, since=now)
    assert labels.groups(found)[0].id == labels.groups(found[:1])[0].id
    assert labels.groups(found)[0].id != _with(found, "快递咋还不到").id


def _with(found: list[misunderstood.Misunderstood], text: str) -> labels.MessageGroup:
    more = replace(found[0], heard=replace(found[0].heard, id="x", text=text))
    return labels.groups([*found, more])[0]


async def test_export_masks_and_writes_once(database: Database, talk: str, now: datetime, tmp_path: Path) -> None:
    """The export holds no personal data, adds nothing that stands in the data, and does nothing the second time."""
    (tmp_path / "logistics.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: logistics\n  examples: |\n    - 快递到哪了\n', encoding="utf-8"
    )
    lines = [
        said("我叫柳青青，快递261116179793发到滨盛路88号3幢602室没", "chitchat", 0.3),
        said("快递到哪了？", "chitchat", 0.3),
        said("快递到哪了！！", "chitchat", 0.3),
        said("你们[退款](钱)啥时候到", "chitchat", 0.3),
    ]
    ids = await write(database, talk, lines, now)
    target = tmp_path / "inbox.yml"
    async with database.session() as session:
        session.add(
            Ticket(
                number="T1", key="k", kind="return", state="new", weight="general", channel="rest", sender="alice",
                conversation_id=talk, phone="13588764021", fields={"name": "柳青青"}, created_at=now, urged=0,
            )
        )  # fmt: skip
        for message_id, intent in zip(ids, ("logistics", "logistics", "greet", "refund_status"), strict=True):
            await labels.label(session, [], message_id, intent, by="王", now=now, intents=INTENTS)
        done = await export.export(session, target)
        assert (len(done.added), done.known) == (2, 1)
        assert done.conflicts == (("快递到哪了！！", "greet", "logistics"),)
        again = await export.export(session, target)
        assert (again.added, again.known) == ((), 3)
    written = target.read_text(encoding="utf-8")
    assert not [secret for secret in ("柳青青", "261116179793", "滨盛路", "602") if secret in written], written
    assert "[" not in written
    assert {intent for _, intent in export.examples(target)} == {"logistics", "refund_status"}


async def test_export_follows_a_changed_label(database: Database, talk: str, now: datetime, tmp_path: Path) -> None:
    """A message that is labelled otherwise now moves in the file instead of standing there twice."""
    ids = await write(database, talk, [said("钱呢钱呢", "chitchat", 0.3)], now)
    target = tmp_path / "inbox.yml"
    async with database.session() as session:
        for intent in ("logistics", "refund_status"):
            await labels.label(session, [], ids[0], intent, by="王", now=now, intents=INTENTS)
            await export.export(session, target)
    assert list(export.examples(target)) == [("钱呢钱呢", "refund_status")]


async def test_a_label_goes_with_its_message(database: Database, talk: str, now: datetime) -> None:
    """When a customer's words are erased, the label on them goes too."""
    ids = await write(database, talk, [said("钱呢", "chitchat", 0.3)], now)
    async with database.session() as session:
        await labels.label(session, [], ids[0], "greet", by="王", now=now, intents=INTENTS)
        await session.execute(delete(Message).where(Message.conversation_id == talk))
    async with database.session() as session:
        assert await labels.labelled(session) == []
