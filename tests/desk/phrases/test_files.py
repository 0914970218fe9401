"""Writing phrases back as YAML, and reading them from the tables that staff keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.database import Database
from bot.desk.phrases import files, lifecycle, records, table_import
from bot.desk.phrases.in_force import ReviewContext
from bot.desk.phrases.sheets import SheetError, read_sheet
from bot.desk.phrases.states import PhraseError
from bot.desk.phrases.yaml_lines import file_head, phrase_block
from bot.settings import ROOT
from phrasebook.book.book import STATES, TONES, ApprovedPhrases, ChannelLimit, Phrase, Variable
from phrasebook.book.load import load_phrases
from tests.desk.phrases.phrasing import make_press

SHIPPED = ROOT / "phrasebook" / "approved"
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    lambda text: text == text.strip() and "{" not in text and "}" not in text
)


@pytest.fixture
def context(tmp_path: Path) -> ReviewContext:
    """Return what new words are measured by."""
    return make_press(tmp_path / "book")


def texts(folder: Path) -> dict[str, str]:
    """Return the files of a folder."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yml"))}


@st.composite
def a_phrase(draw: st.DrawFn) -> Phrase:
    """Make any phrase that a file can hold."""
    limits = st.builds(ChannelLimit, st.none() | st.integers(1, 4096), st.none(), st.booleans())
    first = draw(st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)))
    return Phrase(
        id="ask.when",
        scene="ask",
        version=draw(st.integers(1, 999)),
        state=draw(st.sampled_from(STATES)),
        purpose=draw(TEXT),
        tone=draw(st.sampled_from(TONES)),
        variants=tuple(draw(TEXT) + "{product}" + draw(st.just("") | TEXT) for _ in range(draw(st.integers(1, 3)))),
        variables={"product": Variable("product", "text", draw(TEXT), max_length=draw(st.integers(1, 2000)))},
        channels={
            name: limit if limit.allowed else ChannelLimit(allowed=False)
            for name, limit in draw(st.dictionaries(st.sampled_from(["wechat", "web"]), limits)).items()
            if limit.max_bytes or not limit.allowed
        },
        owner=draw(TEXT),
        valid_from=first,
        valid_until=first + timedelta(days=3) if first else None,
        care=draw(st.none() | st.just("elderly")),
        instead_of=draw(st.none() | st.just("ask.where")),
    )


@given(phrase=a_phrase(), owner=TEXT)
def test_written_phrase_reads_back_the_same(
    phrase: Phrase, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever characters a phrase holds, its YAML reads back as the same phrase."""
    folder = tmp_path_factory.mktemp("yaml")
    lines = [*file_head("ask", owner), *phrase_block(phrase, owner=owner)]
    (folder / "ask.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert load_phrases(folder).digest == ApprovedPhrases([phrase]).digest


def test_shipped_book_is_written_as_it_stands(tmp_path: Path) -> None:
    """Nothing revised: nothing is written; into another folder every file is copied as it is."""
    book = load_phrases(SHIPPED)
    assert files.export(book, book, [SHIPPED]) == files.Exported((), ())
    files.export(book, book, [SHIPPED], tmp_path)
    assert texts(tmp_path) == texts(SHIPPED)


def test_every_shipped_phrase_written_anew_is_the_same_book(tmp_path: Path) -> None:
    """Each phrase of the shipped book survives its own YAML."""
    book = load_phrases(SHIPPED)
    for scene in book.scenes():
        rows = book.scene(scene)
        lines = [
            *file_head(scene, rows[0].owner),
            *(line for row in rows for line in phrase_block(row, owner=rows[0].owner)),
        ]
        (tmp_path / f"{scene}.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert load_phrases(tmp_path).digest == book.digest


@pytest.mark.asyncio
async def test_export_then_load_is_the_book_in_force(
    database: Database, context: ReviewContext, now: datetime, tmp_path: Path
) -> None:
    """Revised, new and retired phrases stand in the files afterwards; comments and other phrases keep their lines."""
    approved = tmp_path / "book" / "approved"
    before = texts(approved)
    async with database.session() as session:
        wanted = {"ask.when": ["请问{product}是哪天坏的？"], "ask.who": ["请问是谁接待您的：店员，还是客服？"]}
        for phrase_id, variants in wanted.items():
            changes = {"variants": variants, "purpose": "请问 # 1: “人”"}
            row = await lifecycle.draft(session, context, phrase_id, changes, by="王芳", reason="试", now=now)
            await lifecycle.review(session, context, row, by="李华", now=now)
            await lifecycle.approve(session, context, row, by="李华", now=now)
        base = await lifecycle.adopt_from_files(session, context.baseline.get("ask.where"), by="files", now=now)
        await lifecycle.retire(session, base, by="李华", now=now, why="停用")
        draft = {"variants": ["还没有人看过的{product}？"]}
        await lifecycle.draft(session, context, "ask.when", draft, by="王芳", reason="试", now=now)
        book = await records.book_for_files(session, context.baseline, now)
        in_force = await records.book_in_force(session, context.baseline, now)
    done = files.export(context.baseline, book, [approved])
    assert (set(done.phrases), [path.name for path in done.files]) == (
        {"ask.when", "ask.where", "ask.who"},
        ["ask.yml"],
    )
    after = texts(approved)
    assert load_phrases(approved).digest == book.digest == in_force.digest
    assert after["safe.yml"] == before["safe.yml"]
    assert "# 开头的说明，导出后仍在原处。" in after["ask.yml"]
    assert "  # 这一句由质检组看过。\n  - id: ask.where" in after["ask.yml"]
    assert "state: retired" in after["ask.yml"]
    again = load_phrases(approved)
    assert files.export(again, book, [approved]) == files.Exported((), ())


def test_export_puts_each_file_back_in_its_folder(context: ReviewContext, tmp_path: Path) -> None:
    """The shop's revised phrase goes into the shop's file, several lines as a block; the house's files stay."""
    approved, shop = tmp_path / "book" / "approved", tmp_path / "shop"
    shop.mkdir()
    fault = replace(
        context.baseline.get("ask.where"), id="help_fan.stuck", scene="help_fan", variants=("先看：\n1. 断电",)
    )
    (shop / "help_fan.yml").write_text(
        "\n".join([*file_head("help_fan", fault.owner), *phrase_block(fault, owner=fault.owner), ""])
    )
    baseline, before = load_phrases(approved, shop), texts(approved)
    revised = replace(fault, version=2, variants=("先看：\n1. 断电\n2. 通电",))
    done = files.export(baseline, baseline.with_revisions([revised]), [approved, shop])
    assert done == files.Exported(("help_fan.stuck",), (shop / "help_fan.yml",))
    assert "      - |-\n        先看：\n        1. 断电\n        2. 通电\n" in texts(shop)["help_fan.yml"]
    assert texts(approved) == before


def test_two_files_of_one_name_are_not_exported(context: ReviewContext, tmp_path: Path) -> None:
    """A shop's file that is called like one of the house is told: written into one folder they would be one."""
    approved, shop = tmp_path / "book" / "approved", tmp_path / "shop"
    shop.mkdir()
    (shop / "ask.yml").write_text((approved / "ask.yml").read_text().replace("ask", "shop"))
    baseline = load_phrases(approved, shop)
    with pytest.raises(PhraseError, match="rename the shop's file"):
        files.export(baseline, baseline, [approved, shop])


def test_export_that_would_not_load_writes_nothing(context: ReviewContext, tmp_path: Path) -> None:
    """A file whose phrases cannot be found by line is refused with file and line, and stays as it is."""
    approved = tmp_path / "book" / "approved"
    path = approved / "ask.yml"
    path.write_text(path.read_text().replace("  - id: ask.where\n    version: 1", "  - version: 1\n    id: ask.where"))
    baseline = load_phrases(approved)
    where = baseline.get("ask.where")
    book = baseline.with_revisions([Phrase(**{**where.__dict__, "version": 2, "variants": ("请问在哪里？",)})])
    before = texts(approved)
    with pytest.raises(PhraseError, match=r"ask\.yml:\d+: ask\.where"):
        files.export(baseline, book, [approved])
    assert texts(approved) == before


GOOD = (
    "编号,话术,用途,变量\n"
    "ask.when,请问{product}是哪天坏的？,,\n"
    "ask.when,{product}坏了多久了呢？,,\n"
    "ask.who,请问是谁接待您的？,请问接待人,\n"
)
BAD = (
    "id,variant,tone,valid_until\n"
    "ask.when,请问{product}是哪天坏的？,warm,\n"
    "ask.when,这是最牛的{product}。,warm,\n"
    ",没有编号的话,,\n"
    "ask.where,你在哪里？,,\n"
    "ask.where,=HYPERLINK(1),,\n"
    "Ask Who,请问是谁？,,\n"
    "ask.when,{product}坏了多久了呢？,neutral,\n"
    "ask.when,{product}什么时候坏的？,,明天\n"
)


def save(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    """Write a table as CSV, or as a workbook when its name says so."""
    path = folder / name
    if path.suffix == ".csv":
        path.write_bytes(text.encode(encoding))
        return path
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in text.splitlines():
        book.active.append([cell or None for cell in line.split(",")])
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("name", "encoding"), [("a.csv", "utf-8"), ("a.csv", "utf-8-sig"), ("a.csv", "gb18030"), ("a.xlsx", "")]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.asyncio
async def test_table_becomes_drafts(
    database: Database, context: ReviewContext, now: datetime, tmp_path: Path, name: str, encoding: str
) -> None:
    """Each phrase of a table becomes one draft, from CSV of any Excel or from a workbook."""
    plan = table_import.plan_import(context, save(tmp_path, name, GOOD, encoding), by="王芳", now=now)
    assert (plan.problems, plan.unchanged) == ((), ())
    async with database.session() as session:
        rows = await table_import.write_drafts(session, context, plan, by="王芳", reason="导入", now=now)
        assert [(row.phrase, row.version, row.state) for row in rows] == [
            ("ask.when", 4, "draft"),
            ("ask.who", 1, "draft"),
        ]
        book = await records.book_in_force(session, context.baseline, now)
    assert book.get("ask.when").version == 3


@pytest.mark.parametrize("name", ["bad.csv", "bad.xlsx"])
@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
@pytest.mark.asyncio
async def test_one_faulty_row_stops_everything(
    database: Database, context: ReviewContext, now: datetime, tmp_path: Path, name: str
) -> None:
    """Every faulty row is named by its line, and nothing at all is imported."""
    text = BAD.replace("=HYPERLINK(1)", "'=x" if name.endswith("xlsx") else "=HYPERLINK(1)")
    plan = table_import.plan_import(context, save(tmp_path, name, text), by="王芳", now=now)
    lines = {problem.line for problem in plan.problems}
    assert {3, 4, 5, 7, 8, 9} <= lines
    assert 2 not in lines
    async with database.session() as session:
        with pytest.raises(PhraseError, match=r":3: .*最牛"):
            await table_import.write_drafts(session, context, plan, by="王芳", reason="导入", now=now)
        assert await records.versions(session, "ask.when") == []


def test_unchanged_rows_are_no_draft(context: ReviewContext, now: datetime, tmp_path: Path) -> None:
    """A table that says what is in force already makes nothing."""
    rows = "\n".join(f"ask.when,{variant}" for variant in context.book.get("ask.when").variants)
    plan = table_import.plan_import(context, save(tmp_path, "a.csv", f"id,variant\n{rows}\n"), by="王芳", now=now)
    assert (plan.phrases, plan.unchanged, plan.problems) == ((), ("ask.when",), ())


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.txt", b"id,variant\n", "must be a .csv"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"id,words\n", "unknown column"),
        ("a.csv", b"id,purpose\n", "variant is missing"),
        ("a.csv", b"id,id,variant\n", "stands twice"),
        ("a.csv", b'id,variant\nx,"open\n', ":2: no CSV"),
        ("a.csv", b"\xff\xfe\xff", "neither UTF-8"),
        ("a.csv", b"id\0,variant", "zero bytes"),
        ("a.xlsx", b"PK\x03\x04 nothing", "no Excel workbook"),
        ("a.xlsx", b"id,variant\n", "no Excel workbook"),
    ],
)
def test_file_that_is_no_table(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    """What is no table is refused with the cause."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SheetError, match=why):
        read_sheet(tmp_path / name)


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_file_is_read_or_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No file at all makes the reader fall over."""
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_bytes(b"id,variant\n" + content)
    try:
        read_sheet(path)
    except SheetError as error:
        assert str(path) in str(error)
