"""How a talk goes: changes of mind, courtesies, clumsy and hostile texts, what stands in the record."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import select

from bot.desk.database import Database
from bot.desk.models import Conversation, Rating
from tests.dialogue.conftest import Talk
from tests.dialogue.pairs import Pairs, facts_of, follow

COMPLAINT: Pairs = (("我要投诉", "complaint.apology* complaint.ask_what"), ("外卖员把汤全洒了", "complaint.ask_when"))

TABLE: tuple[tuple[str, Pairs], ...] = (
    ("a greeting is no account", [COMPLAINT[0], ("你好", "social.here complaint.ask_what")]),
    ("a question is no account", [COMPLAINT[0], ("你们几点关门", "faq_* complaint.ask_what")]),
    ("a no is no account", [COMPLAINT[0], ("没有", "complaint.ask_what !complaint.ask_when")]),
    ("a number is no account", [COMPLAINT[0], ("13700001111", "complaint.ask_what !complaint.ask_when")]),
    (
        "topic change and back",
        [
            *COMPLAINT,
            ("云雀X3多少钱", "consult.price back.complaint complaint.ask_when"),
            ("昨天", "complaint.ask_where"),
        ],
    ),
    ("danger beside another wish", [("厨房煤气味好重，还有上回退款到哪步了", "emergency.gas emergency.raised")]),
    ("danger before a question", [("插排在冒烟 顺带问下能退不", "emergency.fire")]),
    ("burnt food is no fire", [("空气炸锅烤出来的鸡翅一股糊味，我要退货", "!emergency.* returns.ask_order")]),
    (
        "nobody is hurt: the phone is asked for again, then all is clear",
        [
            ("充电器冒烟了", "emergency.fire emergency.ask_phone"),
            ("人都没受伤", "emergency.ask_phone !contact.ask_address"),
            ("没冒烟了，拔掉了", "emergency.all_clear"),
        ],
    ),
    (
        "another time at the restatement",
        [
            ("空调不制冷，没有订单，派师傅来修，13812345678，杭州市西湖区文三路478号3单元502室", "repair.ask_solved"),
            ("不管用", "repair.fee_unknown"),
            ("可以", "contact.ask_name"),
            ("方敏", "repair.ask_slot"),
            (">1", "repair.restate_repair"),
            ("第二个", "journey.ask_correction !repair.done_*"),
        ],
    ),
    ("a name is no account", [COMPLAINT[0], ("王小明", "complaint.ask_what !complaint.ask_when")]),
    ("a fitter's charges are a complaint", [("装空调的师傅乱收费，要退我80", "complaint.apology1 !repair.*")]),
    (
        "a manager named in a complaint is called by nobody",
        [
            ("投诉，昨天在你们门店，导购骂我", "complaint.ask_wish"),
            ("李店长", "complaint.ask_wish !handoff.*"),
        ],
    ),
    (
        "no time but another",
        [
            ("冰箱不制冷，没有订单，派师傅来修，我叫方敏，13812345678，苏州市十全街8号2幢302", "repair.ask_solved"),
            ("不管用", "repair.fee_unknown"),
            ("可以", "repair.ask_slot"),
            (">1", "repair.restate_repair"),
            ("地址不对 是303", "journey.corrected repair.restate_repair"),
            ("那就算了", "journey.dropped !repair.done_*"),
        ],
    ),
    ("a price is a price", [("墨迹专业版多少钱", "consult.price* !feedback.*")]),
    ("a name with a blank in it", [("云雀X3 Pro什么价", "consult.price")]),
    (
        "two goods compared",
        [("三门的冰箱和对开门的冰箱哪个更省电", "consult.product consult.specs consult.product consult.specs")],
    ),
    ("goods named anew are meant", [("云雀X3 Pro什么价", "consult.price"), ("燃气热水器多少钱", "consult.price")]),
    ("a title with a place in it", [("发票抬头改成苏州新区远山公司", "order.ask_number")]),
    ("a manager is called for", [COMPLAINT[0], ("少跟我扯这些，让你们主管出来", "handoff.nobody")]),
    ("no phone is left", [("转人工", "*"), ("发票寄丢了", "*"), ("算了我不留电话", "!consult.* !journey.switched")]),
    ("a return in anger", [("啥破烂玩意，才穿一回就开线，必须给我退货", "returns.sorry returns.ask_order")]),
    (
        "two broken things are two repairs",
        [
            ("冰箱不制冷，洗衣机也往外漏水，派人来修", "repair.begin_repair repair.self_help help_* repair.ask_solved"),
            ("弄好了，能用", "repair.solved back.other repair.begin_repair repair.self_help help_*"),
        ],
    ),
    (
        "two broken things are helped with one after the other",
        [
            ("冰箱不制冷，洗衣机也往外漏水", "consult.self_help help_* repair.ask_solved"),
            ("弄好了，能用", "repair.solved back.other consult.self_help help_*"),
        ],
    ),
    ("thanks in the middle", [*COMPLAINT, ("谢谢你", "social.thank_short complaint.ask_when")]),
    ("abuse in the middle", [*COMPLAINT, ("你是傻逼吗", "complaint.ask_when")]),
    ("cancel in the middle", [*COMPLAINT, ("算了，我不投诉了", "journey.dropped"), ("在吗", "social.greet")]),
    ("cancel at a free question", [COMPLAINT[0], ("算了不说了", "journey.dropped")]),
    (
        "the same wish again goes on with the case",
        [*COMPLAINT, ("我就是要投诉", "complaint.ask_when !complaint.ask_what")],
    ),
    (
        "a person in the middle, and back",
        [
            *COMPLAINT,
            ("转人工", "handoff.nobody handoff.ask_message"),
            ("汤洒了没人管", "handoff.ask_phone"),
            ("13700001111", "contact.ask_name"),
            ("老周", "handoff.done_callback back.complaint complaint.ask_when"),
        ],
    ),
    (
        "danger in the middle",
        [*COMPLAINT, ("插座着火了，屋里全是烟", "emergency.fire emergency.raised emergency.ask_phone !complaint.*")],
    ),
    ("figurative fire", [("快递慢得我火冒三丈", "!emergency.*")]),
    ("a mistyped phone is asked again", [("转人工", "*"), ("发票寄丢了", "*"), ("1370000111", "handoff.ask_phone")]),
    ("abuse is met calmly", [("你们都是一群傻逼", "social.calm")]),
    ("thanks", [("多谢多谢", "social.thank")]),
    ("small talk", [("给我唱个歌", "social.*")]),
    ("praise", [("小李师傅人特别好，要夸夸他", "feedback.praise")]),
    ("suggestion", [("给你们提个意见，页面字太小了，希望放大", "feedback.suggestion")]),
    ("nothing else closes the talk", [("多谢多谢", "social.thank"), ("没有别的了，谢谢", "rating.goodbye rating.ask")]),
    ("goodbye without a score", [("拜拜", "rating.goodbye rating.ask"), ("再见再见", "rating.farewell")]),
    ("a score out of range is asked again", [("拜拜", "rating.ask"), ("9分", "rating.ask"), ("4分", "rating.thanks")]),
    (
        "two misses in a journey, then a person",
        [
            ("查下我的订单", "order.ask_number"),
            ("咕噜咕噜", "unsure.answer order.ask_number"),
            ("叽里呱啦", "!unsure.answer unsure.example_order order.ask_number"),
            ("嘟嘟嘟嘟", "order.cannot_find handoff.nobody"),
        ],
    ),
    (
        "two misses outside, then buttons, then a person",
        [("叽里咕噜", "unsure.rephrase"), ("叽里咕噜", "unsure.clarify"), ("叽里咕噜", "unsure.person handoff.nobody")],
    ),
    (
        "a correction after the ticket",
        [
            ("转人工", "*"),
            ("发票寄丢了", "*"),
            ("13700001111", "*"),
            ("老周", "handoff.done_callback"),
            ("刚才电话说错了，应该是13700002222", "progress.corrected"),
        ],
    ),
)


@pytest.mark.parametrize(("name", "pairs"), TABLE, ids=[line[0] for line in TABLE])
async def test_talk(name: str, pairs: Pairs, talk: Talk) -> None:
    """The talk goes on as a patient clerk would lead it."""
    await follow(talk, pairs)


async def test_correction_after_the_ticket_stands_in_it(talk: Talk) -> None:
    """The corrected phone replaces the old one in the ticket, and the change is in its history."""
    said = ("转人工", "发票寄丢了", "13700001111", "老周", "刚才电话说错了，应该是13700002222")
    for text in said:
        await talk.say(text)
    ticket = (await talk.tickets())[0]
    assert ticket["fields"]["phone"] == "13700002222"
    assert len(ticket["history"]) >= 2


async def test_open_ticket_of_a_returning_customer_is_known(talk: Talk) -> None:
    """Who comes back and greets is told of the open ticket."""
    for text in ("转人工", "发票寄丢了", "13700001111", "老周"):
        await talk.say(text)
    number = (await talk.tickets())[0]["number"]
    await follow(talk, [("你好", "social.greet_back")])
    assert number in talk.bubbles[0].text


async def test_abuse_is_never_repeated(talk: Talk) -> None:
    """Swear words in an account are recorded, but not said back."""
    said = "投诉，昨天下午在家里，傻逼快递员把箱子踩扁了，要求道歉，没有订单，我叫姚远，13822334455"
    await follow(talk, [(said, "complaint.restate")])
    assert all("傻逼" not in line for line in talk.lines if line.startswith("  店"))


SCORES = (("5", "rating.thanks", 5, None), ("两分", "rating.ask_why", 2, "等得太久"))


@pytest.mark.parametrize(("said", "phrase", "score", "why"), SCORES)
async def test_score_is_stored(
    said: str, phrase: str, score: int, why: str | None, talk: Talk, records: Database
) -> None:
    """A goodbye invites a score from 1 to 5; a low one is asked why, and both stand in the database."""
    await follow(talk, [("那我先走了，再见", "rating.goodbye rating.ask"), (said, phrase)])
    if why:
        await follow(talk, [(why, "rating.thanks_low")])
    async with records.session() as session:
        query = select(Rating).join(Conversation, Conversation.id == Rating.conversation_id)
        found = (await session.scalars(query.where(Conversation.sender == talk.sender))).one()
    assert (found.score, found.comment) == (score, why)


STRANGE = ("/restart", "\u3000/complaint", "\u200b /return_goods", '/inform{"confirmed": true}', "/ask_human")


@pytest.mark.parametrize("text", STRANGE)
async def test_typed_commands_are_plain_text(text: str, talk: Talk) -> None:
    """What a customer types is never a command, whatever blanks stand before the slash."""
    bubbles = await talk.say(text)
    assert bubbles
    last = (await talk.transcript())[0]
    assert last["payload"] is None
    assert (last["intent"], last["confidence"]) != (text.strip().strip("\u200b /"), 1.0)


async def test_only_the_buttons_of_the_last_turn_act(talk: Talk, shop: dict[str, Any]) -> None:
    """A button of an earlier turn is plain text: it confirms nothing."""
    facts = facts_of(shop, talk, "delivered_2/phones")
    await follow(talk, [("订单{order}，尾号{digits}，退货，没拆，不喜欢", "returns.restate_return")], facts)
    confirm = talk.bubbles[-1].buttons[0]
    await follow(talk, [("你们几点下班", "faq_*"), ("算了，不退了", "journey.dropped"), (confirm, "!returns.done*")])
    assert not await talk.tickets()


NONSENSE = (
    "😀😀👍",
    "<script>alert(1)</script>",
    "好" * 10_000,
    "\x00\x01\x07",
    "",
    "   ",
    "\u202e反过来\u202c",
    "'; DROP TABLE tickets;--",
    "{{7*7}} {order}",
    "🀄" * 500,
    "？？？？？？",
    "。",
)


@pytest.mark.parametrize("text", NONSENSE, ids=range(len(NONSENSE)))
async def test_nonsense_gets_an_approved_answer(text: str, talk: Talk) -> None:
    """Emoji, markup, ten thousand characters, control characters, nothing: an approved answer, no error."""
    bubbles = await talk.say(text)
    assert bubbles
    assert all(bubble.phrase and bubble.text for bubble in bubbles)
    assert not {bubble.phrase for bubble in bubbles} & {"system.failed", "system.outage", "safe.generic"}, talk


async def test_the_record_names_phrase_and_intent(talk: Talk) -> None:
    """Every sentence of the bot stands with phrase id and version, every sentence of the customer with its intent."""
    for text in ("你好", "我要投诉", "外卖员把汤全洒了", "昨天", "几点下班", "算了不投诉了", "再见"):
        await talk.say(text)
    for line in await talk.transcript():
        if line["direction"] == "out":
            assert line["phrase"], line
            assert line["version"] >= 1
        else:
            assert line["intent"], line


async def test_no_variant_repeats_before_the_others_were_used(talk: Talk) -> None:
    """A phrase said often uses each of its variants once before one comes again."""
    for _ in range(3):
        for text in ("在吗", "多谢", "几点下班"):
            await talk.say(text)
    used: dict[str, list[int]] = defaultdict(list)
    for line in await talk.transcript():
        if line["direction"] == "out":
            used[line["phrase"]].append(line["variant"])
    assert max(len(variants) for variants in used.values()) >= 3
    assert all(len(set(variants[:3])) == len(variants[:3]) for variants in used.values()), used
