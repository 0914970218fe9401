"""`liyan phrases`: each verb does what it says, and says what went wrong."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app
from bot.desk.conversations import conversations, customers, messages
from bot.desk.conversations.messages import RenderedBubble
from bot.desk.database import Database
from bot.desk.phrases import incidents
from bot.desk.phrases.incidents import HeldBack
from bot.settings import ROOT, settings
from phrasebook.book.load import load_phrases

PHRASE = "complaint.ask_when"
NEW = ("请问这件事是哪一天发生的？", "您记得大概是几号吗？")
Run = Callable[..., Result]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one SQLite file, which each test copies."""
    path = tmp_path_factory.mktemp("cli") / "liyan.db"
    asyncio.run(Database(f"sqlite+aiosqlite:///{path}").upgrade())
    return path


@pytest.fixture
def folder(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the command a phrasebook and records of its own."""
    shutil.copyfile(migrated, tmp_path / "liyan.db")
    shutil.copytree(ROOT / "phrasebook" / "approved", tmp_path / "book" / "approved")
    # A few of the lists: all of them take a second to load, in each of many calls.
    (tmp_path / "book" / "forbidden").mkdir()
    for name in ("dont_know", "personal_data"):
        shutil.copy(ROOT / "phrasebook" / "forbidden" / f"{name}.yml", tmp_path / "book" / "forbidden")
    monkeypatch.setenv("LIYAN_VAR", str(tmp_path))
    monkeypatch.setenv("LIYAN_PHRASEBOOK", str(tmp_path / "book"))
    monkeypatch.delenv("LIYAN_DATABASE_URL", raising=False)
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
def run(folder: Path) -> Run:
    """Run `liyan phrases` with some words."""

    def call(*words: str, given: bytes | None = None, code: int = 0) -> Result:
        result = CliRunner().invoke(app, ["phrases", *words], input=given, env={"COLUMNS": "200"})
        assert result.exit_code == code, result.output
        return result

    return call


def draft(run: Run) -> Result:
    """Draft two sentences as Wang Fang."""
    return run("draft", PHRASE, "--by", "王芳", "--reason", "更口语", "--variant", NEW[0], "--variant", NEW[1])


def test_life_of_a_phrase(run: Run) -> None:
    """Draft, review and approval by two persons bring a version into force; history and diff tell of it."""
    assert "version 2: draft by 王芳" in draft(run).output
    assert "second person" in run("review", PHRASE, "--by", "王芳", code=1).output
    assert "no version that is reviewed" in run("approve", PHRASE, "--by", "李华", code=1).output
    assert "reviewed; in force: version 1" in run("review", PHRASE, "--by", "李华").output
    assert "approved; in force: version 2" in run("approve", PHRASE, "--by", "李华").output
    told = json.loads(run("history", PHRASE, "--json").output)
    assert (told["in_force"], told["versions"]) == (2, [1, 2])
    assert [(step["who"], step["from"], step["to"]) for step in told["history"]] == [
        ("王芳", None, "draft"),
        ("李华", "draft", "reviewed"),
        ("李华", "reviewed", "approved"),
    ]
    assert "draft → reviewed" in run("history", PHRASE).output
    lines = run("diff", PHRASE, "1", "2").output.splitlines()
    assert run("diff", PHRASE).output.splitlines() == lines
    assert f"+    - {NEW[0]}" in lines
    assert any(line.startswith("-    - 请问这是什么时候发生的") for line in lines)
    assert "available: 1, 2" in run("diff", PHRASE, "1", "9", code=1).output


def test_an_answer_of_the_shop_is_a_phrase(run: Run) -> None:
    """Answers and self-help of the shop's data are found, revised in two steps, and never left without words."""
    assert "faq_invoice.paper v1 approved" in run("find", "纸质发票").output
    assert "help_fridge.frosting" in run("find", "结霜").output
    answer = "faq_invoice.paper"
    run(
        "draft",
        answer,
        "--by",
        "王芳",
        "--reason",
        "更清楚",
        "--variant",
        "电子发票打印出来就能报销，与纸质的一样有效。",
    )
    run("review", answer, "--by", "李华")
    assert "approved; in force: version 2" in run("approve", answer, "--by", "李华").output
    retire = ("retire", answer, "--by", "李华", "--reason", "停用")
    run(*retire)
    assert "is said in bot/packs/retail/faq.yml: invoice.paper" in run(*retire, code=1).output


def test_scheduled_version_waits(run: Run) -> None:
    """A version scheduled for tomorrow leaves today's in force; a moment gone by is refused."""
    draft(run)
    run("review", PHRASE, "--by", "李华")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert "has passed" in run("schedule", PHRASE, "--by", "李华", "--at", "2020-01-01", code=1).output
    assert "no date or moment" in run("schedule", PHRASE, "--by", "李华", "--at", "morgen", code=1).output
    assert "in force: version 1" in run("schedule", PHRASE, "--by", "李华", "--at", tomorrow + "T23:59").output


def test_retiring_leaves_no_hole(run: Run) -> None:
    """The version before comes back; a phrase that is said falls silent only with --anyway, the gateway's own never."""
    draft(run)
    run("review", PHRASE, "--by", "李华")
    run("approve", PHRASE, "--by", "李华")
    retire = ("retire", PHRASE, "--by", "李华", "--reason", "停用")
    assert "version 2: retired; in force: version 1" in run(*retire).output
    assert "is said in actions/journeys/complaint/journey.py" in run(*retire, code=1).output
    assert "it is not said" in run(*retire, "--anyway").output
    run("draft", PHRASE, "--by", "王芳", "--reason", "再用", "--variant", NEW[0])
    assert "it is not said" in run("review", PHRASE, "--by", "李华").output
    assert "not covered" in run("check", "--running", code=1).output
    for phrase in ("safe.generic", "system.outage"):
        run("retire", phrase, "--by", "李华", "--reason", "停用", "--anyway", code=1)


def test_draft_of_a_file(run: Run, folder: Path) -> None:
    """Keys of a file replace those in force; a fault is told with file and line, another phrase's file refused."""
    path = folder / "ask.yml"
    path.write_text("id: complaint.ask_when\ntone: warm\nvariants:\n  - 请问是哪天的事？\n", encoding="utf-8")
    words = ("draft", PHRASE, "--by", "王芳", "--reason", "试", "--file", str(path))
    run(*words)
    path.write_text(
        "id: complaint.ask_when\nvariants:\n  - 请问是哪天的事？\n  - 我不知道是哪天的事。\n", encoding="utf-8"
    )
    assert f"{path}:4: error" in run(*words, code=1).output
    assert "asked for was" in run("draft", "complaint.ask_where", *words[2:], code=1).output
    assert "--file FILE or --variant" in run("draft", PHRASE, "--by", "王芳", "--reason", "试", code=1).output


def test_export_writes_what_was_revised(run: Run, folder: Path) -> None:
    """The files hold the version in force afterwards, and a second export finds nothing to do."""
    draft(run)
    run("review", PHRASE, "--by", "李华")
    run("approve", PHRASE, "--by", "李华")
    assert "1 phrases differ" in run("export", "--to", str(folder / "out")).output
    assert load_phrases(folder / "out").get(PHRASE).variants == NEW
    assert load_phrases(folder / "book" / "approved").get(PHRASE).version == 1
    run("export")
    assert load_phrases(folder / "book" / "approved").get(PHRASE).version == 2
    assert "0 phrases differ from the files; 0 files" in run("export").output


def test_import_is_tried_first(run: Run, folder: Path) -> None:
    """A dry run writes nothing, a faulty row stops everything with its line, a good table makes drafts."""
    path = folder / "a.csv"
    path.write_text(f"id,variant\n{PHRASE},{NEW[0]}\n{PHRASE},{NEW[1]}\n", encoding="utf-8")
    assert "2 sentences" in run("import", str(path), "--dry-run", "--by", "王芳").output
    assert json.loads(run("history", PHRASE, "--json").output)["versions"] == [1]
    path.write_text(path.read_text(encoding="utf-8") + f"{PHRASE},我不知道是哪天的事。\n", encoding="utf-8")
    result = run("import", str(path), "--by", "王芳", code=1)
    assert f"{path}:4: " in result.output and "nothing was imported" in result.output
    assert json.loads(run("history", PHRASE, "--json").output)["versions"] == [1]
    path.write_text(f"id,variant\n{PHRASE},{NEW[0]}\n", encoding="utf-8")
    assert "version 2: draft" in run("import", str(path), "--by", "王芳").output


HIT = {"entry": str, "kind": str, "level": str, "start": int, "end": int, "found": str, "replacement": str}


def ensure_shape(answer: dict[str, Any], text: str) -> None:
    """Hold an answer against the shape that others rely on."""
    assert list(answer) == ["text", "verdict", "hits"]
    assert answer["text"] == text
    assert answer["verdict"] in ("pass", "suspect", "warn", "mask", "block")
    for hit in answer["hits"]:
        assert {name: type(value) for name, value in hit.items()} == HIT
        assert hit["level"] in ("suspect", "warn", "mask", "block")
        assert text[hit["start"] : hit["end"]] == hit["found"]


@pytest.mark.parametrize("direction", ["bot", "clerk", "customer"])
def test_explain_answers_each_line(run: Run, direction: str) -> None:
    """One JSON object for each line, empty ones and broken bytes included."""
    lines = ["您好，请问有什么可以帮您", "", "我不知道", "不​知​道", "打13812345678", "{你} <b>", "🙂" * 30, "你妈的"]
    given = b"".join(line.encode() + b"\n" for line in lines) + b"\xff\xfe\r\nlast"
    answers = [
        json.loads(line) for line in run("explain", "-", "--direction", direction, given=given).stdout.splitlines()
    ]
    assert len(answers) == len(lines) + 2
    for text, answer in zip([*lines, "��", "last"], answers, strict=True):
        ensure_shape(answer, text)
    verdicts = [answer["verdict"] for answer in answers]
    assert verdicts[0] == "pass"
    assert (verdicts[2] == "block") == (direction != "customer")


def test_explain_one_text(run: Run) -> None:
    """With --json the object, without it words for people: where, why and what to say instead."""
    ensure_shape(json.loads(run("explain", "我不知道", "--json").stdout), "我不知道")
    told = run("explain", "我不知道").output
    assert "block" in told and "safe.dont_know" in told
    assert run("explain", "您好").output.strip() == "pass"
    assert "must be one of" in run("explain", "您好", "--direction", "up", code=1).output


def test_shop_may_tell_its_own_number(run: Run, folder: Path) -> None:
    """The shop's hotline is no personal data."""
    from bot.desk.shop.profile import shop_profile

    phone = shop_profile(pack=settings().pack_folder).phone
    assert json.loads(run("explain", f"请拨打{phone}", "--direction", "bot", "--json").stdout)["verdict"] == "pass"


@pytest.mark.parametrize(
    ("words", "found"), [("tkbz", "returns.money"), ("事情 经过", "complaint.ask_what"), (PHRASE, PHRASE)]
)
def test_find(run: Run, words: str, found: str) -> None:
    """A phrase is found by pinyin initials, by several words, by its id."""
    assert found in [row["id"] for row in json.loads(run("find", *words.split(), "--json").stdout)]
    assert found in run("find", *words.split()).output


def test_find_nothing(run: Run) -> None:
    """Nothing found is an error, and so is an unknown id, with names that are near."""
    assert "no phrase holds" in run("find", "绝无此词", code=1).output
    assert f"near: {PHRASE}" in run("history", "complaint.ask_wen", code=1).output


def test_check_passes_and_finds_faults(run: Run, folder: Path) -> None:
    """The shipped books pass; a forbidden word, a missing phrase and a broken file fail with file and line."""
    assert "all covered" in run("check").output
    path = folder / "book" / "approved" / "complaint.yml"
    text = path.read_text(encoding="utf-8")
    line = next(i for i, row in enumerate(text.splitlines(), 1) if "您还记得是哪一天" in row)
    path.write_text(text.replace("您还记得是哪一天", "我不知道是哪一天"), encoding="utf-8")
    assert f"complaint.yml:{line}: error: {PHRASE}" in run("check", code=1).output
    path.write_text(text.replace(f"id: {PHRASE}\n", "id: complaint.ask_whence\n"), encoding="utf-8")
    result = run("check", code=1)
    assert "not covered" in result.output and PHRASE in result.output
    path.write_text(text.replace("version: 1", "version: one", 1), encoding="utf-8")
    assert "version: must be a whole number" in run("check", code=1).output


def test_files_alone_are_read_where_there_are_no_records(run: Run, folder: Path) -> None:
    """Without a database reading works on the files; writing says what to do; nothing makes an empty database."""
    (folder / "liyan.db").unlink()
    run("find", PHRASE)
    assert json.loads(run("history", PHRASE, "--json").output)["history"] == []
    assert "db upgrade" in run("review", PHRASE, "--by", "李华", code=1).output
    assert json.loads(run("incidents", "--json").output) == []
    assert not (folder / "liyan.db").exists()
    sqlite3.connect(folder / "liyan.db").close()
    assert "only the files are read" in run("find", PHRASE).output
    assert "db upgrade" in run("review", PHRASE, "--by", "李华", code=1).output


def test_who_got_which_version_and_what_was_held_back(run: Run, folder: Path) -> None:
    """`sent` answers who got version 3 in May; `incidents` lists what the wire held back."""

    async def fill() -> None:
        database = Database(settings().database)
        for month, version in ((4, 3), (5, 3), (5, 4)):
            at = datetime(2026, month, 31 if month == 5 else 30, 15, 59, tzinfo=UTC)
            async with database.session() as session:
                customer = await customers.find_or_create(
                    session, channel="rest", sender=f"客户{month}{version}", now=at
                )
                talk = await conversations.open_for(session, customer, now=at, silent_since=at)
                said = RenderedBubble(text="…", phrase=PHRASE, version=version, variant=0, variables={}, verdict={})
                await messages.record(session, talk, [said], now=at, reply_to=None)
                hit = {
                    "kind": "dont_know",
                    "family": "不知道",
                    "entry": "不知道",
                    "level": "block",
                    "how": "exact",
                    "start": 0,
                }
                incidents.record(session, talk.id, [HeldBack(PHRASE, "blocked", 3, (hit,), "safe.generic")], now=at)
        await database.close()

    asyncio.run(fill())
    may = ("sent", PHRASE, "--from", "2026-05-01", "--to", "2026-05-31")
    rows = json.loads(run(*may, "--version", "3", "--json").output)
    assert [(row["sender"], row["at"]) for row in rows] == [("客户53", "2026-05-31T23:59:00+08:00")]
    assert len(json.loads(run("sent", PHRASE, "--json").output)) == 3
    assert "客户54" in run(*may).output
    (first, *_) = found = json.loads(run("incidents", "--from", "2026-05-01", "--json").output)
    assert len(found) == 2
    assert (first["phrase"], first["said"], first["hits"][0]["entry"]) == (PHRASE, "safe.generic", "不知道")
    assert "dont_know:不知道" in run("incidents").output
