"""`liyan nlu`: misunderstood messages and their labels; models before they are taken into use."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from ruamel.yaml import YAML

from bot.cli import models
from bot.cli.terminal import AsJson, console, fail, now, print_json, read, write
from bot.deployment import acceptance
from bot.deployment.compare import Comparison, compare, read_tsv
from bot.deployment.deploy import ModelError, find_model
from bot.desk.inbox import export as nlu_export
from bot.desk.inbox import labels, misunderstood
from bot.desk.sessions import ReadSession, WriteSession
from bot.settings import ROOT, settings
from bot.training.active_model import ModelFileError
from bot.training.train import LABELS

app = typer.Typer(help="Misunderstood messages, and models before they are taken into use.", no_args_is_help=True)
Days = Annotated[int, typer.Option(min=1, help="How many days to look back.")]
SHOWN = 3


@cache
def intents() -> frozenset[str]:
    """Return the intents of the domain."""
    listed = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    return frozenset(next(iter(entry)) if isinstance(entry, dict) else str(entry) for entry in listed)


async def _groups(session: ReadSession, days: int) -> list[labels.MessageGroup]:
    return labels.groups(await misunderstood.inbox(session, since=now() - timedelta(days=days)))


@app.command()
def inbox(days: Days = 30, as_json: AsJson = False) -> None:
    """List misunderstood messages without a label, grouped by likeness: counts, reasons, what was understood."""
    found = [group.record() for group in read(lambda session: _groups(session, days))]
    if as_json:
        print_json(found)
        return
    table = Table("group", "count", "reasons", "understood", "meant?", "messages", title=f"inbox of {days} days")
    for group in found:
        texts = list(dict.fromkeys(message["text"] for message in group["messages"]))
        more = [f"… {len(texts) - SHOWN} more"] if len(texts) > SHOWN else []
        lists = (" ".join(f"{name} {count}" for name, count in group[key].items()) for key in _COUNTED)
        table.add_row(group["group"], str(group["count"]), *lists, "\n".join([*texts[:SHOWN], *more]))
    console.print(table)
    console.print("label them: liyan nlu label GROUP INTENT --by NAME (`ignore` takes a group off the list)")


_COUNTED = ("reasons", "understood", "suggestions")


@app.command()
def label(
    name: Annotated[
        str, typer.Argument(metavar="GROUP|MESSAGE", help="A group's id, or the beginning of a message's.")
    ],
    intent: Annotated[str, typer.Argument(help="An intent of domain.yml, or `ignore`: nothing to learn from.")],
    by: Annotated[str, typer.Option(help="Who says so.")],
    days: Days = 30,
) -> None:
    """Say what a group of messages, or one message, means."""

    async def work(session: WriteSession) -> list[str]:
        found = await _groups(session, days)
        return await labels.label(session, found, name, intent, by=by, now=now(), intents=intents())

    try:
        done = write(work)
    except labels.LabelError as error:
        raise fail(f"liyan nlu label: {error}") from error
    typer.echo(f"labelled {intent}: {len(done)} messages")


@app.command()
def export(
    to: Annotated[Path, typer.Option(help="The file of training data.")] = LABELS,
) -> None:
    """Write the labelled messages, masked and without duplicates, into the training data."""
    try:
        done = read(lambda session: nlu_export.export(session, to))
    except ValueError as error:
        raise fail(f"liyan nlu export: {error}") from error
    for text, intent in done.added:
        typer.echo(f"{intent}\t{text}")
    for text, intent, other in done.conflicts:
        typer.echo(f"not written: {text!r} is labelled {intent} but stands under {other} in the data", err=True)
    typer.echo(f"{len(done.added)} lines added to {to}, {done.known} known already, {len(done.conflicts)} in conflict")


@app.command("compare")
def compare_models(
    old: Annotated[str, typer.Argument(help="A model: path, name, `in-use` or `present`.")],
    new: Annotated[str, typer.Argument(help="The model to compare with it.")],
    data: Annotated[Path | None, typer.Option(help="Lines `text<TAB>intent` in place of our own labelled set.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show row by row what a model understands better and worse than another.

    The set is the labelled messages of the inbox and the sentences of the regression dialogues, or that of `--data`.
    """
    try:
        rows = read_tsv(data, intents()) if data else _labelled_set()
        found = compare(settings(), find_model(settings(), old), find_model(settings(), new), rows)
    except (ModelError, ModelFileError, ValueError, FileNotFoundError) as error:
        raise fail(f"liyan nlu compare: {error}") from error
    if as_json:
        print_json(found.record())
    else:
        _draw(found)


def _labelled_set() -> list[tuple[str, str]]:
    return [*dict.fromkeys([*read(nlu_export.labelled_examples), *acceptance.sentences()])]


def _draw(found: Comparison) -> None:
    table = Table("", "message", "means", "old", "new", title="understood otherwise")
    colours = {"better": "green", "worse": "red"}
    for row in found.changed():
        old, new = f"{row.old} {row.old_confidence:.2f}", f"{row.new} {row.new_confidence:.2f}"
        table.add_row(row.verdict, row.text, row.intent, old, new, style=colours.get(row.verdict))
    console.print(table)
    console.print(f"{len(found.rows)} messages: {found.count('better')} better, {found.count('worse')} worse")
    same = f"{found.count('right')} right and {found.count('wrong')} wrong as before"
    console.print(f"{found.count('otherwise wrong')} otherwise wrong, {same}")


models.register(app)
