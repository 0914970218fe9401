"""Approved phrases: loading, rendering, choosing."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phrasebook.book.book import ApprovedPhrases, Phrase, Variable
from phrasebook.book.choose import choose, select
from phrasebook.book.load import load_phrases, phrase_from_table, phrase_to_table
from phrasebook.book.render import render, render_spans, sample_text
from phrasebook.book.values import mask_middle, say_date_time, say_money, say_percent, say_phone, say_text
from phrasebook.china_time import SHANGHAI
from phrasebook.errors import BadVariableError, InvalidFilesError, NotApprovedError, NotFittingError, UnknownPhraseError

SAMPLE = Path(__file__).parents[1] / "data" / "book"
NOW = datetime(2026, 11, 22, 14, 3, tzinfo=SHANGHAI)
BOOK = load_phrases(SAMPLE)


def _phrase(*variants: str, **changes: object) -> Phrase:
    table = {"id": "test.phrase", "state": "approved", "purpose": "试", "variants": list(variants), **changes}
    return phrase_from_table(table, "test", "我", "test")


def test_unknown_phrase_lists_near_names() -> None:
    """A misspelt id raises with the names that are near it."""
    with pytest.raises(UnknownPhraseError, match=r"near: complaint\.ask_what"):
        BOOK.get("complaint.ask_wat")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "scene: a\nowner: b\nphrases:\n  - id: a.b\n    state: approvd\n    purpose: c\n    variants: [d]\n",
            ":5: state: ",
        ),
        (
            "scene: a\nowner: b\nphrases:\n  - id: a.b\n    state: draft\n    purpose: c\n    variants: ['{x}']\n",
            ":7: variants: ",
        ),
        ("scene: a\nowner: b\nphrases:\n  - id: a.b\n    id: a.c\n", ":5: id: stands twice"),
        ("scene: a\nowner: b\nphrase: []\n", ":3: phrase: unknown key"),
        ("scene: [a\n", "no YAML"),
    ],
)
def test_every_fault_names_file_line_and_key(tmp_path: Path, text: str, message: str) -> None:
    """A bad file raises with file, line, key and cause."""
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFilesError) as caught:
        load_phrases(tmp_path)
    assert "a.yml" in str(caught.value)
    assert message in str(caught.value)


def test_phrase_survives_its_table() -> None:
    """A phrase written as a table and read again is the same."""
    for phrase in BOOK:
        again = phrase_from_table(phrase_to_table(phrase), phrase.scene, phrase.owner, phrase.file)
        assert (again.id, again.variants, again.variables) == (phrase.id, phrase.variants, phrase.variables)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-11-23T10:00:00+08:00", "11月23日（周一）上午10点"),
        ("2026-11-23T10:30", "11月23日（周一）上午10点半"),
        ("2026-11-23T02:20:00Z", "11月23日（周一）上午10点20分"),
        ("2026-11-23T20:05:00+08:00", "11月23日（周一）晚上8点05分"),
        ("2027-01-03T12:00:00+08:00", "2027年1月3日（周日）中午12点"),
    ],
)
def test_moments_are_said_in_shanghai(value: str, said: str) -> None:
    """ISO 8601 is said as a clerk says it, with the year when it is another."""
    assert say_date_time(value, NOW) == said


def test_money_phone_percent() -> None:
    """Money has commas and cents, phones lose +86, percent its zeros."""
    assert say_money("1299") == "¥1,299.00"
    assert say_phone("+86 138-0000-5678") == "13800005678"
    assert say_percent("15.50") == "15.5%"
    assert mask_middle("13800005678") == "138****5678"


@pytest.mark.parametrize("value", [1.5, "NaN", "-1", "1.234", True, "1e30", None])
def test_bad_money_is_refused(value: object) -> None:
    """A float, more than two decimals, a negative or endless amount is no money."""
    with pytest.raises(ValueError, match=r"must|decimals"):
        say_money(value)


def test_masked_phone() -> None:
    """A masked phone shows its middle as stars."""
    values = {"ticket": "T261122-00173", "due": "2026-11-23T10:00:00+08:00", "phone": "13800005678"}
    assert "138****5678" in render(BOOK.get("complaint.promise"), values, variant=0)


def test_missing_variable_cannot_get_out() -> None:
    """A missing value raises; the message names the variable and not other values."""
    with pytest.raises(BadVariableError, match="product"):
        render(BOOK.get("complaint.ask_what"), {}, variant=0)


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_no_value_brings_markup_or_control_characters(value: str) -> None:
    """Whatever a person typed, what is said is one line without live markup or invisible characters, or an error."""
    try:
        text = render(BOOK.get("complaint.ask_what"), {"product": value}, variant=0)
    except BadVariableError:
        return
    assert not set(text) & set("<>\n\r\t\x00\u200b\u202e")
    assert len(text) < 260


def test_braces_in_a_value_stay_text() -> None:
    """A value that looks like a variable is not filled in."""
    assert "{phone}" in render(BOOK.get("complaint.ask_what"), {"product": "{phone}"}, variant=0)


def test_spans_tell_where_values_stand() -> None:
    """Each span cuts its value out of the text."""
    rendered = render_spans(BOOK.get("complaint.ask_what"), {"product": "空气炸锅"}, variant=1)
    assert [rendered.text[a:b] for a, b, _ in rendered.spans] == ["空气炸锅"]


def test_long_free_text_is_cut() -> None:
    """A long free text ends in an ellipsis at its length."""
    phrase = _phrase("您说的是{what}。", variables={"what": {"type": "text", "sample": "坏了", "max_length": 5}})
    assert render(phrase, {"what": "一二三四五六七"}, variant=0) == "您说的是一二三四…。"


def test_channel_limit_is_kept() -> None:
    """A text that the channel cannot carry raises."""
    phrase = _phrase("好" * 700)
    with pytest.raises(NotFittingError, match="2048"):
        render(phrase, {}, variant=0, channel="wechat")
    with pytest.raises(NotFittingError, match="too long"):
        choose(phrase, (), channel="wechat", now=NOW)


@given(st.integers(1, 6), st.integers(0, 5), st.integers(1, 40))
def test_no_variant_repeats_before_the_others(count: int, start: int, turns: int) -> None:
    """In any row as long as there are variants, each stands once."""
    phrase = _phrase(*(f"第{i}句" for i in range(count)))
    used: list[int] = []
    for _ in range(turns):
        used.append(choose(phrase, used, now=NOW, start=start).variant_index)
    for i in range(len(used) - count + 1):
        assert Counter(used[i : i + count]).most_common(1)[0][1] == 1


@pytest.mark.parametrize("state", ["draft", "reviewed", "retired", "scheduled"])
def test_unapproved_phrase_is_refused(state: str) -> None:
    """Nothing but an approved phrase, or a scheduled one whose day has come, may be sent."""
    with pytest.raises(NotApprovedError):
        choose(_phrase("好", state=state), (), now=NOW)


def test_dates_bound_a_phrase() -> None:
    """A phrase may be sent from its first to its last day, and a scheduled one from its day on."""
    today = NOW.date()
    phrase = _phrase("好", state="scheduled", valid={"from": today, "until": today})
    assert choose(phrase, (), now=NOW).variant_index == 0
    for other in (NOW - timedelta(days=1), NOW + timedelta(days=1)):
        with pytest.raises(NotApprovedError):
            choose(phrase, (), now=other)


def test_care_group_takes_its_own_phrase() -> None:
    """A phrase for a care group stands in for the plain one, and only for that group."""
    assert select(BOOK, "complaint.ask_what", care="elderly", now=NOW).phrase.id == "complaint.ask_what_elderly"
    assert select(BOOK, "complaint.ask_what", now=NOW).phrase.id == "complaint.ask_what"
    with pytest.raises(NotFittingError):
        choose(BOOK.get("complaint.ask_what_elderly"), (), now=NOW)


def test_tone_takes_the_nearest_rung() -> None:
    """Of the alternatives, the one at the conversation's rung or nearest below it is said."""
    book = ApprovedPhrases(
        [
            _phrase("抱歉", tone="neutral"),
            *(
                phrase_from_table(
                    {
                        "id": f"test.{tone}",
                        "state": "approved",
                        "purpose": "试",
                        "tone": tone,
                        "instead_of": "test.phrase",
                        "variants": [tone],
                    },
                    "test",
                    "我",
                    "test",
                )
                for tone in ("apology1", "apology3")
            ),
        ]
    )
    picked = {
        tone: select(book, "test.phrase", tone=tone, now=NOW).phrase.tone
        for tone in ("neutral", "apology2", "apology3")
    }
    assert picked == {"neutral": "neutral", "apology2": "apology1", "apology3": "apology3"}


def test_samples_are_sayable() -> None:
    """Every sample of the sample book has the shape of its type."""
    for phrase in BOOK:
        assert all(sample_text(phrase, i) for i in range(len(phrase.variants)))


def test_revisions_lie_over_the_baseline() -> None:
    """A revision replaces the phrase of its id and changes the book's digest."""
    over = BOOK.with_revisions([_phrase("新的句子", id="complaint.ask_what")])
    assert over.get("complaint.ask_what").variants == ("新的句子",)
    assert over.digest != BOOK.digest
    assert len(over) == len(BOOK)


def test_variable_defaults() -> None:
    """A text variable keeps its name, type and sample."""
    assert BOOK.get("complaint.ask_what").variables["product"] == Variable("product", "text", "空气炸锅", False, 200)


def test_text_refuses_other_types() -> None:
    """A number is no text."""
    with pytest.raises(ValueError, match="text"):
        say_text(5)
