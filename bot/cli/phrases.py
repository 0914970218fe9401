"""`liyan phrases`: check, find, explain and trace what is said to customers."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.chat.staff.text_check import words_of
from bot.cli import phrase_lifecycle, phrase_sources
from bot.cli.terminal import AsJson, console, fail, moment, now, print_json
from bot.desk.models import PhraseEvent
from bot.desk.phrases import incidents, records
from bot.desk.phrases.in_force import sendable
from bot.desk.phrases.yaml_lines import phrase_block
from bot.desk.sessions import ReadSession
from bot.settings import ROOT, settings
from phrasebook.book.book import CHANNEL_LIMITS, Phrase
from phrasebook.book.lint import errors_among, lint
from phrasebook.book.required import shipped_requirements
from phrasebook.book.search import PhraseSearch
from phrasebook.china_time import SHANGHAI
from phrasebook.errors import InvalidFilesError
from phrasebook.filter.check import Checker
from phrasebook.filter.explain import explain as explained
from phrasebook.filter.forbidden_lists import load_lists
from phrasebook.filter.rules import compile_lists

app = typer.Typer(help="What is said to customers: check, find, explain, revise.", no_args_is_help=True)
phrase_lifecycle.register(app)

DIRECTIONS = ("bot", "clerk", "customer")
NO_ROWS: list[dict[str, Any]] = []
KEYS = ("entry", "kind", "level", "start", "end", "found", "replacement")
"""What the JSON tells of a hit."""


@app.command("check")
def check_phrases(
    running: Annotated[bool, typer.Option(help="Check the book in force, with the revisions of the database.")] = False,
) -> None:
    """Check phrases and lists, and that every intent, state, channel and failure has an approved phrase."""
    from bot.checks import phrase_coverage, project

    folder = settings().phrasebook
    try:
        lists = load_lists(folder / "forbidden")
        checker = Checker(compile_lists(lists), phrase_sources.public())
        book = phrase_sources.book(running=running)
    except InvalidFilesError as error:
        raise fail(f"{error}\nliyan phrases check: {len(error.problems)} errors") from error
    findings = lint(book, lists, checker, shipped_requirements(), now())
    for finding in findings:
        typer.echo(str(finding).replace(f"{ROOT}/", ""), err=True)
    covered = phrase_coverage.measure_coverage(project.read_project(), book, lists, now())
    for hole in covered.holes:
        typer.echo(f"{hole.replace(f'{ROOT}/', '')}: error: not covered", err=True)
    wrong = len(errors_among(findings)) + len(covered.holes)
    if wrong:
        raise fail(f"liyan phrases check: {wrong} errors, {len(findings) - len(errors_among(findings))} warnings")
    typer.echo(
        f"liyan phrases check: {len(book)} phrases, {len(lists.entries)} forbidden entries; {covered.intents} intents, "
        f"their states and failures on {len(CHANNEL_LIMITS)} channels: {covered.cells} cells, all covered"
    )


@app.command()
def find(
    words: Annotated[list[str], typer.Argument(help="Words, or initials of their pinyin: tkbz finds 退款标准.")],
    limit: Annotated[int, typer.Option(help="At most so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find phrases by words, id or pinyin initials, the best first."""
    from pypinyin import lazy_pinyin  # takes a third of a second, which other verbs need not wait for

    matches = PhraseSearch(phrase_sources.book(running=True), lazy_pinyin).search(" ".join(words), limit)
    if as_json:
        print_json([_found(match.phrase, match.where) for match in matches])
        return
    if not matches:
        raise fail(f"no phrase holds {' '.join(words)!r}")
    for match in matches:
        phrase = match.phrase
        typer.echo(f"{phrase.id} v{phrase.version} {phrase.state} · {phrase.purpose} ({match.where})")
        typer.echo(f"    {phrase.variants[0]}")


def _found(phrase: Phrase, where: str) -> dict[str, Any]:
    return {
        "id": phrase.id,
        "version": phrase.version,
        "state": phrase.state,
        "scene": phrase.scene,
        "purpose": phrase.purpose,
        "variants": list(phrase.variants),
        "found_in": where,
    }


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="The text; - reads lines from standard input.")],
    direction: Annotated[str, typer.Option(help="Who says it: bot, clerk or customer.")] = "clerk",
    scene: Annotated[
        str | None, typer.Option(help="Tell, too, what must be said in complaint, refusal or goodbye and is missing.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what in a text is forbidden, why, and what to say instead; - answers one JSON object a line."""
    if direction not in DIRECTIONS:
        raise fail(f"--direction {direction!r}: must be one of {', '.join(DIRECTIONS)}")
    if scene is not None and scene not in shipped_requirements().scenes:
        raise fail(f"--scene {scene!r}: must be one of {', '.join(shipped_requirements().scenes)}")
    checker = phrase_sources.checker()
    if text == "-":
        _explain_lines(checker, direction)
        return
    found = explained(checker, text, direction=direction)
    if as_json:
        typer.echo(_line(found))
        return
    book = phrase_sources.book(running=True)
    typer.echo(found["verdict"])
    for hit in found["hits"]:
        where = f"{hit['start']}–{hit['end']}"
        typer.echo(f"  {hit['level']:8} {where:8} {hit['found']}")
        typer.echo(f"           {hit['kind']}: {hit['reason']}（{hit['entry']}, {hit['how']}）")
        typer.echo(f"           换成 {hit['replacement']}：{words_of(book, hit['replacement'], now())}")
    for element in shipped_requirements().missing_in_scene(scene, [text]) if scene else ():
        typer.echo(f"  缺        {element.title}")


def _explain_lines(checker: Checker, direction: str) -> None:
    """Answer each line at once, so that another program can talk with this one."""
    stdin, stdout = typer.get_binary_stream("stdin"), typer.get_binary_stream("stdout")
    for raw in stdin:
        text = raw.rstrip(b"\r\n").decode("utf-8", "replace")
        stdout.write(_line(explained(checker, text, direction=direction)).encode() + b"\n")
        stdout.flush()


def _line(found: dict[str, Any]) -> str:
    hits = [{key: hit[key] for key in KEYS} for hit in found["hits"]]
    # A lone surrogate, from bytes that are no UTF-8, has no place in JSON.
    text = json.dumps({"text": found["text"], "verdict": found["verdict"], "hits": hits}, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()


@app.command()
def diff(
    phrase_id: Annotated[str, typer.Argument(metavar="ID")],
    v1: Annotated[int | None, typer.Argument(help="By default the version in force, or the one before it.")] = None,
    v2: Annotated[int | None, typer.Argument(help="By default the newest.")] = None,
) -> None:
    """Show what differs between two versions of a phrase."""
    known = read_versions(phrase_id)
    new = v2 or max(known)
    old = v1 or _version_before(phrase_id, new, known)
    for version in (old, new):
        if version not in known:
            raise fail(f"{phrase_id} has no version {version}; available: {', '.join(map(str, known))}")
    before, after = (phrase_block(known[version], owner=known[version].owner, indent=0) for version in (old, new))
    names = (f"{phrase_id} v{old}", f"{phrase_id} v{new}")
    lines = list(difflib.unified_diff(before, after, *names, n=20, lineterm=""))
    for line in lines or [f"{phrase_id}: versions {old} and {new} are the same"]:
        typer.echo(line)


def _version_before(phrase_id: str, new: int, known: Iterable[int]) -> int:
    """Return the version in force, or when that is the new one the version before it."""
    current = phrase_sources.book(running=True)
    in_force = current.get(phrase_id).version if phrase_id in current else new
    return in_force if in_force != new else max((version for version in known if version < new), default=new)


def read_versions(phrase_id: str) -> dict[int, Phrase]:
    """Return every version of a phrase that is known.

    Raises:
        typer.Exit: there is no such phrase.
    """
    baseline = phrase_sources.book()

    async def work(session: ReadSession) -> dict[int, Phrase]:
        return await records.every_version(session, baseline, phrase_id)

    none: dict[int, Phrase] = {}
    known = phrase_sources.records(work, otherwise=none)
    if not known and phrase_id in baseline:
        known = {baseline.get(phrase_id).version: baseline.get(phrase_id)}
    if not known:
        raise fail(phrase_sources.no_such_phrase(baseline, phrase_id))
    return known


@app.command()
def history(phrase_id: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """Show every step in the life of a phrase: who, when, from which state to which, why."""
    known = read_versions(phrase_id)
    none: list[PhraseEvent] = []
    events = phrase_sources.records(lambda session: records.history(session, phrase_id), otherwise=none)
    lines: list[dict[str, Any]] = [
        {
            "version": event.version,
            "at": event.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "who": event.who,
            "from": event.from_state,
            "to": event.to_state,
            "effective_at": event.effective_at.astimezone(SHANGHAI).isoformat() if event.effective_at else None,
            "why": event.why,
        }
        for event in events
    ]
    current = phrase_sources.book(running=True)
    over = current.get(phrase_id) if phrase_id in current else None
    in_force = over.version if over and sendable(over, now()) else None
    if as_json:
        print_json({"phrase": phrase_id, "in_force": in_force, "versions": list(known), "history": lines})
        return
    first = known[min(known)]
    typer.echo(f"{phrase_id} · {first.purpose} · in force: version {in_force or 'none'}")
    for line in lines:
        when = f" from {line['effective_at']}" if line["effective_at"] else ""
        step = f"{line['from'] or '·'} → {line['to']}{when}"
        typer.echo(f"{line['at'][:19]} v{line['version']} {line['who']}: {step} {line['why']}")


@app.command()
def sent(
    phrase_id: Annotated[str, typer.Argument(metavar="ID")],
    version: Annotated[int | None, typer.Option(help="Only this version.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="From this day or moment on.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Up to this day, inclusive, or moment.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show who was sent a phrase, which version, and when."""
    first = moment(since, "--from") if since else None
    last = moment(until, "--to") if until else None
    if last is not None and until is not None and len(until) == len("2026-05-31"):
        last += timedelta(days=1)

    async def work(session: ReadSession) -> list[dict[str, Any]]:
        return await incidents.sent_messages(session, phrase_id, version=version, since=first, until=last)

    rows = phrase_sources.records(work, otherwise=NO_ROWS)
    _show(rows, ("at", "version", "variant", "channel", "sender", "conversation"), as_json)


@app.command("incidents")
def held_back(
    since: Annotated[str | None, typer.Option("--from", help="From this day or moment on.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Show what was held back, newest first: which phrase, by which rule; never the words."""
    first: datetime | None = moment(since, "--from") if since else None

    async def work(session: ReadSession) -> list[dict[str, Any]]:
        return await incidents.listing(session, since=first, limit=limit)

    rows = phrase_sources.records(work, otherwise=NO_ROWS)
    if not as_json:
        rows = [row | {"hits": "、".join(f"{hit['kind']}:{hit['entry']}" for hit in row["hits"])} for row in rows]
    _show(rows, ("at", "phrase", "version", "cause", "hits", "said", "conversation"), as_json)


def _show(rows: list[dict[str, Any]], columns: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    table = Table(*columns)
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in columns))
    console.print(table)
