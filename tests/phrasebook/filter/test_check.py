"""The check: evasions are caught, good sentences pass, nothing makes it raise."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phrasebook.book.book import Variable
from phrasebook.book.value_guard import value_guard
from phrasebook.filter.check import SHIPPED, Checker, load_checker
from phrasebook.filter.fold import fold
from phrasebook.filter.forbidden_lists import load_lists
from phrasebook.filter.matcher import PlainMatcher
from phrasebook.filter.personal_data import PersonalData
from phrasebook.filter.rules import Rules, compile_lists

DATA = Path(__file__).parents[1] / "data"
LISTS = load_lists(SHIPPED)
CHECKER = load_checker(SHIPPED)
SAMPLE = load_checker(DATA / "lists")
BY_SOUND = {"pinyin", "initials", "homophone"}
# Forbidden whatever stands around them, and of Chinese characters only.
PHRASES = sorted(
    {
        entry.text
        for entry in LISTS.entries
        if len(entry.text) >= 3
        and all("\u4e00" <= c <= "\u9fff" for c in entry.text)
        and not (entry.family.unless or entry.family.only)
        and "clerk" in entry.family.directions
    }
)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


def _rows(name: str) -> list[list[str]]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not there")
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row[0] and not row[0].startswith("#")]


def test_evasions_are_caught() -> None:
    """At least 97 % of the hand-made evasions are blocked, or suspected where they are written by sound."""
    rows = _rows("evasions.tsv")[1:]
    missed = []
    for kind, text, base in rows:
        verdict = CHECKER.check(text, direction="clerk", thorough=True).verdict
        if verdict != "block" and not (kind in BY_SOUND and verdict != "pass"):
            missed.append((kind, text, base, verdict))
    assert len(rows) >= 200
    assert len(missed) <= 0.03 * len(rows), missed


def test_good_sentences_are_not_blocked() -> None:
    """Not one of the sentences that good clerks type is blocked or masked, and few are suspected."""
    rows = _rows("clerk_sentences.txt")
    verdicts = {row[0]: CHECKER.check(row[0], direction="clerk", thorough=True) for row in rows}
    held = {text: v.hits for text, v in verdicts.items() if v.verdict in ("block", "mask")}
    assert held == {}
    assert Counter(v.verdict for v in verdicts.values())["suspect"] <= 0.01 * len(rows)


def test_rude_sentences_are_held_or_asked_about() -> None:
    """What rude clerks type, written by someone who had not seen the lists, hardly ever goes out unasked."""
    rows = _rows("rude_sentences.tsv")
    verdicts = {text: CHECKER.check(text, direction="clerk", thorough=True).verdict for _, text in rows}
    out = [text for text, verdict in verdicts.items() if verdict in ("pass", "suspect")]
    assert {kind for kind, _ in rows} == {family.kind for family in LISTS.families}
    assert len(out) <= 0.05 * len(rows), out
    assert Counter(verdicts.values())["block"] >= 0.85 * len(rows)


def test_near_words_are_not_held_back() -> None:
    """Words that come near to forbidden ones leave, said by clerk or bot."""
    for (text,) in _rows("near_words.txt"):
        for direction in ("clerk", "bot"):
            verdict = CHECKER.check(text, direction=direction, thorough=True)
            assert verdict.verdict in ("pass", "suspect"), (text, verdict.hits)


def test_customers_insults_are_told_from_goods_and_complaints() -> None:
    """Swear words and insults of customers are marked; dog food, USB and sharp complaints are none."""
    rows = _rows("customers_words.tsv")
    insults = {text for label, text in rows if label == "1"}
    marked = {
        text
        for _, text in rows
        if any(hit.kind == "insult" for hit in CHECKER.check(text, direction="customer", thorough=True).hits)
    }
    assert len(marked & insults) >= 0.95 * len(insults), insults - marked
    assert marked <= insults, marked - insults


@settings(max_examples=300)
@given(ANY_TEXT, ANY_TEXT, st.sampled_from(["bot", "clerk", "customer"]))
def test_no_text_makes_it_raise(text: str, previous: str, direction: str) -> None:
    """Any text gets a verdict, and each hit cuts what it found out of the text."""
    for hit in CHECKER.check(text, direction=direction, thorough=True).hits:
        assert text[hit.start : hit.end] == hit.found
    CHECKER.check(text, direction=direction, previous=previous, buttons=[previous, text])


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_TEXT, st.sampled_from(PHRASES), ANY_TEXT)
def test_forbidden_phrase_is_found_anywhere(before: str, phrase: str, after: str) -> None:
    """A phrase of Chinese characters is found in any text unless an allow span holds it."""
    text = before + phrase + after
    folded = fold(text)
    spans = [fold(a.span) for a in LISTS.allows if fold(phrase) in fold(a.span) and fold(a.span) in folded]
    found = any(
        hit.start <= len(before) and hit.end >= len(before) + len(phrase) and hit.level == "block"
        for hit in CHECKER.check(text, direction="clerk").hits
    )
    assert found or spans


@given(st.text("不知道您到底买骗子sb第一品牌 ，abc", max_size=30))
def test_matchers_agree_on_hits(text: str) -> None:
    """Rules compiled with the plain matcher find what those with daachorse find."""
    lists = load_lists(DATA / "lists")
    plain = Checker(Rules(lists.entries, lists.allows, matcher=PlainMatcher))
    assert plain.check(text, direction="clerk") == SAMPLE.check(text, direction="clerk")


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("不 知 道", "gap"),
        ("不。知…道", "gap"),
        ("不😂知😂道", "gap"),
        ("不\n知\n道", "gap"),
        ("不知知道", "repeat"),
        ("马扁子", "split"),
        ("卜 知 道 bu zhi dao", "pinyin"),
        ("bzd", "initials"),
        ("布知道", "homophone"),
        ("第②不知道", "exact"),
    ],
)
def test_ways_round_the_filter(text: str, how: str) -> None:
    """Each way of writing around the filter is told by its name."""
    assert how in {hit.how for hit in SAMPLE.check(text, direction="clerk").hits}


@pytest.mark.parametrize("text", ["usb接口", "不……知道" * 0 + "不,,,,知道", "不\n知道"])
def test_what_is_not_hidden(text: str) -> None:
    """Latin entries need a boundary; four marks or one line break part a phrase."""
    assert SAMPLE.check(text, direction="clerk").verdict == "pass"


def test_suspicions_by_sound_never_block() -> None:
    """Pinyin, initials and homophones are suspected only."""
    for text in ("bu zhi dao", "bzd", "布知道"):
        assert SAMPLE.check(text, direction="clerk").verdict == "suspect"


def test_offsets_lead_into_the_original() -> None:
    """A hit in a text with invisible and wide characters names the original span."""
    text = "您看，不\u200b知\ufe0f道ＳＢ"
    hits = SAMPLE.check(text, direction="clerk").hits
    assert [text[h.start : h.end] for h in hits] == ["不\u200b知\ufe0f道", "ＳＢ"]


def test_direction_decides() -> None:
    """What a clerk must not say a customer may."""
    assert CHECKER.check("我不知道型号是什么", direction="customer").verdict == "pass"
    assert CHECKER.check("这个我不知道", direction="clerk").verdict == "block"
    assert any(hit.kind == "insult" for hit in CHECKER.check("你们真是一群骗子", direction="customer").hits)


def test_phrase_cut_by_the_edge_of_a_bubble() -> None:
    """What the previous bubble begins and this one ends is found, with a negative start."""
    hits = SAMPLE.check("道啊", direction="bot", previous="这个不知").hits
    assert [(hit.how, hit.start, hit.end) for hit in hits] == [("joined", -2, 1)]


def test_buttons_are_checked() -> None:
    """A button's title is checked alone and joined to the text."""
    assert SAMPLE.check("好的", direction="bot", buttons=["退款", "不知道"]).blocked
    assert SAMPLE.check("这个不", direction="bot", buttons=["知道"]).blocked
    assert SAMPLE.check("好的", direction="bot", buttons=["退款", "换货"]).verdict == "pass"


def test_longer_allow_span_does_not_swallow_what_leaves_it() -> None:
    """Only a hit that lies whole inside an allow span is excused."""
    assert SAMPLE.check("不知道您是骗子", direction="clerk").hits[0].entry == "骗子"


def test_guard_masks_words_and_refuses_others_data() -> None:
    """A typed value keeps no forbidden word; another person's number is refused, one's own passes."""
    own = PersonalData.of(phones=["13800005678"])
    guard = value_guard(CHECKER, own)
    variable = Variable("what", "text", "坏了")
    assert "他妈的" not in guard("他妈的洗衣机坏了", variable)
    assert guard("请打13800005678", variable) == "请打13800005678"
    with pytest.raises(ValueError, match="personal"):
        guard("请打13900001111", variable)


def test_build_is_fast_and_size_does_not_matter_for_the_hit() -> None:
    """Sixty thousand entries compile and still find the one that counts."""
    chance = random.Random(7)
    family = LISTS.families[0]
    entry = type(LISTS.entries[0])
    alphabet = [chr(c) for c in range(0x4E00, 0x4E00 + 4000)]
    entries = [entry("".join(chance.choices(alphabet, k=5)), family) for _ in range(60_000)]
    checker = Checker(Rules(entries))
    assert checker.check(f"您好{entries[-1].text}再见", direction="clerk").hits[0].found == entries[-1].text


def test_compiled_lists_prove_themselves() -> None:
    """The shipped lists pass their own self-test."""
    assert compile_lists(LISTS).size > 1200
