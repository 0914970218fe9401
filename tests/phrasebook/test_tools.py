"""Lint, search, explanation, requirements, tone, reload, tables, schema."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from phrasebook.book.lint import errors_among, lint, lint_lists
from phrasebook.book.load import load_phrases
from phrasebook.book.required import missing_in_scene, shipped_requirements
from phrasebook.book.search import PhraseSearch
from phrasebook.book.tone import AngerSigns, tone_for
from phrasebook.china_time import SHANGHAI
from phrasebook.filter.check import SHIPPED, load_checker
from phrasebook.filter.explain import explain, explain_lines
from phrasebook.filter.forbidden_lists import forms, load_lists
from phrasebook.live import LivePhrasebook
from tests.phrasebook import make_tables

DATA = Path(__file__).parent / "data"
PACKAGE = SHIPPED.parent
NOW = datetime(2026, 11, 22, 14, 3, tzinfo=SHANGHAI)
LISTS = load_lists(SHIPPED)
CHECKER = load_checker(SHIPPED)


def test_shipped_lists_do_not_collide() -> None:
    """No deny entry says what another of the same direction says already."""
    assert [str(finding) for finding in lint_lists(LISTS)] == []


def _lint(folder: Path, variants: str, more: str = "") -> list[str]:
    (folder / "a.yml").write_text(
        "scene: safe\nowner: 甲\nphrases:\n  - id: safe.generic\n    state: approved\n    purpose: 试\n"
        f"{more}    variants: {variants}\n",
        encoding="utf-8",
    )
    book = load_phrases(folder)
    findings = lint(book, load_lists(DATA / "lists"), CHECKER, shipped_requirements(), NOW)
    return [str(finding) for finding in findings if finding.file.endswith("a.yml")]


@pytest.mark.parametrize(
    ("variants", "more", "cause"),
    [
        ("[这个我不知道]", "", "不知道"),
        ("[你好]", "", "says 你"),
        ("[请稍候, 请稍候]", "", "repeats"),
        (
            "[请您稍候片刻，我马上为您核实一下订单的情况, 请您稍候片刻，我马上为您核实一下订单的情况吧]",
            "",
            "nearly repeats",
        ),
        ("[请稍候]", "    variables: {x: {type: text, sample: 一}}\n", "stands in no variant"),
        ("['请{x}']", "    variables: {x: {type: money, sample: 很多}}\n", "decimal"),
        ("[请稍候]", "    valid: {until: 2026-01-01}\n", "expired"),
        ("[请稍候]", "    channels: {wechat: {max_bytes: 5}}\n", "carries 5"),
        ("[请稍候]", "    instead_of: safe.none\n", "is no phrase"),
    ],
)
def test_lint_finds(tmp_path: Path, variants: str, more: str, cause: str) -> None:
    """Each fault is told with its file and line."""
    found = _lint(tmp_path, variants, more)
    assert any(cause in finding and "a.yml:" in finding for finding in found), found


def test_lint_is_silent_about_a_good_phrase(tmp_path: Path) -> None:
    """A good phrase has no finding."""
    assert _lint(tmp_path, "[请您稍候，我为您核实一下。]") == []


def test_shipped_phrases_have_no_errors() -> None:
    """The approved phrases that are shipped pass the check of the phrasebook."""
    book = load_phrases(PACKAGE / "approved")
    assert [str(e) for e in errors_among(lint(book, LISTS, CHECKER, shipped_requirements(), NOW))] == []


def test_find_by_words_and_initials() -> None:
    """Words and pinyin initials find a phrase; the purpose counts most."""
    search = PhraseSearch(load_phrases(DATA / "book"))
    assert search.search("单号 时限")[0].phrase.id == "complaint.promise"
    assert search.search("tyaqj")[0].phrase.id == "safe.generic"
    assert search.search("gzdhysx")[0].where == "initials"
    assert search.search("") == []


def test_explanation_has_the_promised_shape() -> None:
    """The object names text, verdict and hits, and can be written as JSON."""
    answer = explain(CHECKER, "这个我不知道")
    assert answer["verdict"] == "block"
    assert {"entry", "kind", "level", "start", "end", "found", "replacement"} <= set(answer["hits"][0])
    assert json.loads(json.dumps(answer)) == answer
    assert [row["verdict"] for row in explain_lines(CHECKER, ["您好\n", "滚蛋\n"])] == ["pass", "block"]


def test_required_elements() -> None:
    """A complaint's words need apology, restatement, number and time limit; other scenes need nothing."""
    said = ["非常抱歉，", "您反映的是空气炸锅不加热，对吗？", "单号T261122-00173，", "11月23日上午10点前回复您。"]
    assert missing_in_scene("complaint", said) == ()
    assert [e.name for e in missing_in_scene("complaint", said[:2])] == ["number", "time_limit"]
    assert [e.name for e in missing_in_scene("refusal", ["抱歉，这个不行。"])] == ["reason", "alternative"]
    assert missing_in_scene("welcome", ["您好"]) == ()


def test_a_sentence_must_hold_its_elements() -> None:
    """Every apology apologises, every restatement asks, every receipt names number and time."""
    lacking = shipped_requirements().missing_in_sentence("complaint.done_general", "您的投诉已经登记。")
    lacks = [element.name for element in lacking]
    assert lacks == ["number", "time_limit"]
    assert shipped_requirements().missing_in_sentence("complaint.apology2", "对不起，让您受委屈了。") == ()
    assert shipped_requirements().missing_in_sentence("order.status", "已发货。") == ()


def test_tone_ladder() -> None:
    """The hotter the complaint, the higher the rung; calm goes down again."""
    assert tone_for(AngerSigns()) == "neutral"
    assert tone_for(AngerSigns(), small_talk=True) == "warm"
    assert tone_for(AngerSigns(complaints=1)) == "apology1"
    assert tone_for(AngerSigns(complaints=1, angry=True)) == "apology2"
    assert tone_for(AngerSigns(complaints=1, angry=True, abusive=1)) == "apology3"
    assert tone_for(AngerSigns(complaints=2, abusive=1)) == "apology2"
    assert tone_for(AngerSigns(complaints=2, abusive=2, waited_late=True)) == "apology3"


@pytest.mark.parametrize(
    ("entry", "written"),
    [
        ("买(得|不)起", ["买得起", "买不起"]),
        ("你买", ["你买", "您买"]),
        ("不知道", ["不知道"]),
    ],
)
def test_entries_are_written_out(entry: str, written: list[str]) -> None:
    """A group stands for each of its parts, 你 for 您 too."""
    assert forms(entry) == written


@pytest.mark.parametrize("entry", ["买(得", "买得)起", "甲|乙"])
def test_bad_groups_are_refused(entry: str) -> None:
    """A bracket or bar without its partner is an error."""
    with pytest.raises(ValueError, match="partner"):
        forms(entry)


def test_reload_swaps_good_files_and_keeps_the_last_good_ones(tmp_path: Path) -> None:
    """A changed file is taken into use; a bad one is told once and the last good book stays."""
    approved, forbidden = tmp_path / "approved", tmp_path / "forbidden"
    shutil.copytree(DATA / "book", approved)
    shutil.copytree(DATA / "lists", forbidden)
    library = LivePhrasebook([approved], forbidden)
    first = library.contents
    assert not library.refresh().changed
    good = (approved / "safe.yml").read_text(encoding="utf-8")
    (approved / "safe.yml").write_text(good.replace("我明白您的心情", "您的心情我理解"), encoding="utf-8")
    assert library.refresh().changed
    assert library.book.get("safe.calm").variants[0].startswith("您的心情我理解")
    assert library.contents.version == first.version + 1
    (approved / "safe.yml").write_text("scene: [", encoding="utf-8")
    told = library.refresh()
    assert not told.changed
    assert "safe.yml" in str(told.problems[0])
    assert library.refresh().problems == ()
    assert library.book.get("safe.calm").variants[0].startswith("您的心情我理解")


def test_reload_takes_the_shop_s_own_phrases(tmp_path: Path) -> None:
    """Phrases of a second folder are in the book beside the house's, and in force once they change."""
    shop = tmp_path / "shop"
    library = LivePhrasebook([DATA / "book", shop], DATA / "lists")
    known = len(library.book)
    shop.mkdir()
    phrase = "{id: faq_tea.fresh, state: approved, purpose: 答, variants: [是今年的茶。]}"
    text = f"scene: faq_tea\nowner: 店\nphrases:\n  - {phrase}\n"
    (shop / "faq_tea.yml").write_text(text, encoding="utf-8")
    assert library.refresh().changed
    assert len(library.book) == known + 1
    (shop / "faq_tea.yml").write_text(text.replace("今年", "今年春天"), encoding="utf-8")
    assert library.refresh().changed
    assert library.book.get("faq_tea.fresh").variants == ("是今年春天的茶。",)


def test_reload_refuses_a_list_that_fails_its_self_test(tmp_path: Path) -> None:
    """A list whose allow sentence does not hold its span is not taken into use."""
    approved, forbidden = tmp_path / "approved", tmp_path / "forbidden"
    shutil.copytree(DATA / "book", approved)
    shutil.copytree(DATA / "lists", forbidden)
    library = LivePhrasebook([approved], forbidden)
    before = library.checker
    text = (forbidden / "sample.yml").read_text(encoding="utf-8")
    (forbidden / "sample.yml").write_text(text.replace("test: 不知道您方便", "test: 您方便"), encoding="utf-8")
    told = library.refresh()
    assert "sample.yml" in str(told.problems[0])
    assert library.checker is before


def test_tables_are_current() -> None:
    """The shipped tables are what their sources give; `python -m tests.phrasebook.make_tables` makes them."""
    shown = {
        name: (make_tables.TABLES / f"{name}.txt").read_text(encoding="utf-8") for name in ("traditional", "pinyin")
    }
    pytest.importorskip("opencc")
    assert shown["traditional"] == make_tables.traditional()
    pytest.importorskip("pypinyin")
    assert shown["pinyin"] == make_tables.pinyin()


@pytest.mark.parametrize("name", ["approved", "forbidden"])
def test_schema_fits_the_files(name: str) -> None:
    """Every shipped file fits the JSON Schema that editors use."""
    validator = pytest.importorskip("jsonschema_rs")
    from phrasebook.yaml_source import read_yaml

    schema = json.loads((PACKAGE / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
    check = validator.validator_for(schema)
    for path in sorted((PACKAGE / name).glob("*.yml")):
        table = json.loads(json.dumps(read_yaml(path), default=str, ensure_ascii=False))
        assert [f"{path.name}: {e}" for e in check.iter_errors(table)] == []
