"""The only door out: nothing unapproved and nothing forbidden leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.services import utc_now
from bot.chat.speech.phrases_in_force import PhraseMissingError, PhrasesInForce
from bot.desk.models import Message, Order, ProofAttempt
from phrasebook.errors import InvalidFilesError
from tests.support.engine import ask
from tests.support.stage import Stage

STRANGER = "13912345678"


async def last(stage: Stage) -> Message:
    """Return the newest sentence on record."""
    async with stage.database.session() as session:
        found = await session.scalar(select(Message).order_by(Message.seq.desc()).limit(1))
    assert found is not None
    return found


def says(*bubbles: dict[str, Any]) -> Any:
    """Return a reply of the engine that is always the same."""
    return lambda _: list(bubbles)


@pytest.mark.asyncio
async def test_what_is_said_is_recorded_with_phrase_version_and_check(stage: Stage) -> None:
    """The record holds phrase, version, variant, variables, the verdict and why the variant was taken."""
    await stage.post("你好")
    row = await last(stage)
    assert (row.phrase, row.version, row.variables) == ("test.echo", 3, {"said": "你好"})
    assert row.variant in (0, 1, 2)
    assert row.verdict is not None
    assert row.verdict["verdict"] == "pass"
    assert "variant" in row.verdict["why"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("bubble", "cause"),
    [
        ({"phrase": "test.bad"}, "blocked"),
        ({"phrase": "test.draft"}, "NotApprovedError"),
        ({"phrase": "test.nowhere"}, "UnknownPhraseError"),
        ({"phrase": "test.echo"}, "BadVariableError"),
        ({"phrase": "test.echo", "variables": {"said": ""}}, "BadVariableError"),
        ({"phrase": "test.phone", "variables": {"phone": "abc"}}, "BadVariableError"),
        ({"phrase": "test.phone", "variables": {"phone": STRANGER}}, "blocked"),
        ({"phrase": "test.echo", "variables": {"said": f"请打{STRANGER}"}}, "BadVariableError"),
    ],
)
async def test_unsayable_is_replaced_by_the_safe_phrase(stage: Stage, bubble: dict[str, Any], cause: str) -> None:
    """Forbidden, unapproved, unknown or ill-filled: the safe phrase leaves and the record says why."""
    stage.engine.reply = says(bubble)
    answer = (await stage.post("你好"))[-1]
    assert answer["custom"]["phrase"] == "safe.generic"
    row = await last(stage)
    assert row.verdict is not None
    assert row.verdict["replaced"]["phrase"] == bubble["phrase"]
    assert row.verdict["replaced"]["cause"] == cause


@pytest.mark.asyncio
async def test_forbidden_across_two_bubbles(stage: Stage) -> None:
    """What is forbidden only when two bubbles are read together does not leave either."""
    stage.engine.reply = says({"phrase": "test.half"}, {"phrase": "test.rest"})
    *_, first, second = await stage.post("你好")
    assert first["custom"]["phrase"] == "test.half"
    assert second["custom"]["phrase"] == "safe.generic"


@pytest.mark.asyncio
async def test_forbidden_words_of_the_customer_are_not_repeated(stage: Stage) -> None:
    """A forbidden word that the customer wrote is masked when it is repeated back."""
    answer = (await stage.post("你们不是说最牛吗"))[-1]
    assert "最牛" not in answer["text"]
    assert answer["custom"]["phrase"] == "test.echo"


@pytest.mark.asyncio
async def test_a_list_is_said_and_recorded_with_the_phrases_inside(stage: Stage) -> None:
    """What stands inside a sentence is approved words too; the record tells which version of them was said."""
    prices = [
        {"phrase": "test.price_of", "variables": {"product": product, "price": price}}
        for product, price in (("锅", "1299"), ("最牛的壶", "9"))
    ]
    stage.engine.reply = says({"phrase": "test.prices", "variables": {"prices": prices}})
    assert (await stage.post("多少钱"))[-1]["text"] == "价格是：锅¥1,299.00、＊＊的壶¥9.00。"
    row = await last(stage)
    assert row.verdict is not None
    assert row.verdict["inside"] == {"test.price_of": 2}


@pytest.mark.asyncio
async def test_own_phone_may_be_said_back(stage: Stage) -> None:
    """A number that the customer wrote is no secret in the customer's conversation."""
    stage.engine.reply = says({"phrase": "test.phone", "variables": {"phone": STRANGER}})
    answer = (await stage.post(f"我的电话是 {STRANGER[:3]} {STRANGER[3:]}"))[-1]
    assert answer["text"] == f"您留的电话是{STRANGER}。"


@pytest.mark.asyncio
async def test_phone_of_a_proved_order_may_be_said(stage: Stage) -> None:
    """An order whose digits were proved in the conversation is the customer's own."""
    stage.engine.reply = says({"phrase": "test.phone", "variables": {"phone": STRANGER}})
    await stage.post("你好")
    greeted = await last(stage)
    async with stage.database.session() as session:
        now = utc_now()
        session.add(
            Order(
                number="261101000017",
                customer="李明",
                phone=STRANGER,
                address="某地",
                state="paid",
                total=1,
                ordered_at=now,
            )
        )
        proof = {"conversation_id": greeted.conversation_id, "visitor": greeted.customer_id}
        session.add(ProofAttempt(**proof, number="261101000017", ok=True, at=now))
    assert STRANGER in (await stage.post("查订单"))[0]["text"]


HOME = "浙江省杭州市西湖区文三路478号3单元502室"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "said",
    [
        f"我住{HOME}，今天在家",
        "文三路478号3单元502室",
        "浙江省杭州市西湖区文三路 478 号三单元 502 室",
    ],
)
async def test_own_address_may_be_said_back(stage: Stage, said: str) -> None:
    """An address that the customer wrote may be repeated in other words around it and in tidied form."""
    await stage.post(said)
    stage.engine.reply = says({"phrase": "test.address", "variables": {"address": HOME}})
    assert HOME in (await stage.post("对"))[0]["text"]


@pytest.mark.asyncio
async def test_address_of_somebody_else_may_not_be_said(stage: Stage) -> None:
    """Another house in the same road is somebody else's home."""
    await stage.post("浙江省杭州市西湖区文三路478号3单元501室")
    stage.engine.reply = says({"phrase": "test.address", "variables": {"address": HOME}})
    assert (await stage.post("对"))[0]["custom"]["phrase"] == "safe.generic"


@pytest.mark.asyncio
async def test_blocked_variant_gives_way_to_another_of_the_same_phrase(stage: Stage) -> None:
    """When one wording is blocked, another approved wording of the phrase is said, not the safe phrase."""
    stage.engine.reply = says({"phrase": "test.mixed"})
    texts = {(await stage.post("你好"))[-1]["text"] for _ in range(4)}
    assert texts == {"请您先离开厨房。"}


@pytest.mark.asyncio
async def test_customer_who_wants_care_hears_the_words_for_it(stage: Stage) -> None:
    """Who told to be old hears the words for the elderly from then on, and the record says why."""
    stage.engine.reply = says({"phrase": "test.steps"})
    assert (await stage.post("怎么弄"))[-1]["custom"]["phrase"] == "test.steps"
    assert (await stage.post("我七十多岁了，不太会"))[-1]["custom"]["phrase"] == "test.steps_elderly"
    row = await last(stage)
    assert row.verdict is not None
    assert "test.steps_elderly instead of test.steps: care elderly" in row.verdict["why"]
    assert (await stage.post("好的"))[-1]["text"] == "您不着急，一步一步做。"


@pytest.mark.asyncio
async def test_button_whose_title_may_not_leave_is_dropped(stage: Stage) -> None:
    """A button of an unknown or forbidden title is left out; the others stay."""
    bad = [{"title_phrase": "test.bad", "payload": "/a"}, {"title_phrase": "no.such", "payload": "/b"}]
    bubble = ask()
    bubble["buttons"] += bad
    stage.engine.reply = says(bubble)
    assert [button["title"] for button in (await stage.post("你好"))[-1]["buttons"]] == ["退货", "换货"]


@pytest.mark.asyncio
async def test_card_with_forbidden_words_is_dropped(stage: Stage) -> None:
    """PhrasesInForce of a card are checked like a sentence; the ticket's number stays."""
    card = {"kind": "orders", "orders": [{"number": "1", "items": [{"name": "最牛手机"}]}]}
    stage.engine.reply = says(ask(custom=card, ticket="T261122-00173"))
    custom = (await stage.post("你好"))[-1]["custom"]
    assert custom == {"phrase": "test.ask", "version": 1, "ticket": "T261122-00173"}


def test_gateway_does_not_start_without_its_own_phrases(words: Path) -> None:
    """A missing system phrase is found at the start, by name."""
    (words / "approved" / "welcome.yml").unlink()
    with pytest.raises(PhraseMissingError, match=r"welcome\.back"):
        PhrasesInForce(words)


def test_gateway_does_not_start_when_its_own_phrase_is_forbidden(words: Path) -> None:
    """A list that forbids our own apology is found at the start, with file and line."""
    path = words / "forbidden" / "superlative.yml"
    path.write_text(path.read_text().replace("entries: [最牛", "entries: [欢迎, 最牛"))
    with pytest.raises(PhraseMissingError, match=r"welcome\.yml:\d+"):
        PhrasesInForce(words)


def test_broken_phrasebook_is_told_with_file_and_line(words: Path) -> None:
    """A faulty file is named with its line."""
    (words / "approved" / "test.yml").write_text("scene: test\nowner: x\nphrases:\n  - id: Bad Id\n")
    with pytest.raises(InvalidFilesError, match=r"test\.yml:4"):
        PhrasesInForce(words)
