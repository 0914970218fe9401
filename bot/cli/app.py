"""The command line `liyan`."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
from typing import Annotated, Any

import typer
from alembic.util.exc import CommandError
from pydantic import SecretStr
from rich.table import Column, Table
from sqlalchemy.exc import SQLAlchemyError

from bot.cli.conversations import app as conversations_app
from bot.cli.nlu import app as nlu_app
from bot.cli.phrases import app as phrases_app
from bot.cli.terminal import AsJson, console, fail, now, print_json, read, write
from bot.desk.database import Database
from bot.desk.sessions import ReadSession
from bot.desk.shop import demo
from bot.desk.tickets import tickets
from bot.desk.tickets.numbers import parse_number
from bot.process import running_system, startup
from bot.process.ports import PortTaken
from bot.process.running_system import AlreadyRunning
from bot.process.supervisor import NotReady
from bot.settings import ROOT, SettingsError, settings
from bot.training.active_model import ModelFileError
from bot.training.train import TrainingError, engine_env, engine_python, model_path

UNREACHABLE = (SQLAlchemyError, CommandError, ConnectionError, TimeoutError, socket.gaierror)
"""What opening or migrating the records raises when an operator has something to mend."""

NUMBER_WIDTH = len("T261122-48301753")
"""Columns of a ticket's number: it is copied from the list, so it is never cut."""

app = typer.Typer(help="礼言 Liyan: a customer-service bot that says only what was approved.", no_args_is_help=True)
db_app = typer.Typer(help="The database.", no_args_is_help=True)
demo_app = typer.Typer(help="The demo shop.", no_args_is_help=True)
tickets_app = typer.Typer(help="Tickets as they stand in the database.", no_args_is_help=True)
app.add_typer(db_app, name="db")
app.add_typer(demo_app, name="demo")
app.add_typer(tickets_app, name="tickets")
app.add_typer(conversations_app, name="conversations")
app.add_typer(phrases_app, name="phrases")
app.add_typer(nlu_app, name="nlu")


@app.command()
def up() -> None:
    """Bring everything up: database, demo shop, model, engine, actions, gateway; Ctrl-C stops all."""
    try:
        asyncio.run(startup.up(settings(), console))
    except (PortTaken, AlreadyRunning, NotReady, TrainingError, ModelFileError, FileNotFoundError) as error:
        raise fail(f"liyan: {error}") from error


@app.command()
def train(force: Annotated[bool, typer.Option(help="Train even though a model fits the data.")] = False) -> None:
    """Train the model of the present data, if there is none."""
    try:
        path = startup.ensure_model(settings(), console, force=force)
    except (TrainingError, FileNotFoundError) as error:
        raise fail(f"liyan: {error}") from error
    typer.echo(str(path))


@app.command()
def shell() -> None:
    """Talk to the running system in the terminal."""
    try:
        asyncio.run(startup.talk(settings(), console))
    except ConnectionError as error:
        raise fail(f"liyan: {error}") from error


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def rasa(context: typer.Context) -> None:
    """Run Rasa's own commands (train, shell, test, data validate …) in the engine's environment."""
    alone = settings().model_copy(update={"engine_token": SecretStr(secrets.token_urlsafe(16))})
    env = engine_env(running_system.find(settings()) or alone)
    os.chdir(ROOT)
    os.execve(engine_python(), [str(engine_python()), "-m", "rasa", *context.args], env)


@app.command("check")
def check_project() -> None:
    """Compare domain, rules, journeys and phrasebook with each other, both ways."""
    from bot.checks import project

    problems = project.find_problems()
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise fail(f"liyan check: {len(problems)} problems")
    typer.echo("liyan check: domain, rules, journeys and phrasebook agree")


@app.command()
def model() -> None:
    """Print where the model of the present data lies."""
    path = model_path(settings())
    typer.echo(f"{path} ({'trained' if path.exists() else 'not trained yet'})")


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to the newest revision."""
    asyncio.run(Database(settings().database).upgrade())
    typer.echo("database is up to date")


@demo_app.command("reset")
def demo_reset() -> None:
    """Load the demo shop anew, relative to today; works while the product runs."""
    write(lambda session: startup.load_shop(session, settings(), now()))
    typer.echo("demo shop loaded")


@demo_app.command("list")
def demo_list(as_json: AsJson = False) -> None:
    """Show what a newcomer can ask about: orders and goods of the demo shop."""
    found = read(lambda session: demo.listing(session, now()))
    if as_json:
        print_json(found)
        return
    orders = Table("order", "last four", "customer", "state", "delivered", "items", title="orders")
    for order in found["orders"]:
        names = "、".join(item["product"] for item in order["items"])
        delivered = (order["delivered_at"] or "")[:10]
        orders.add_row(order["number"], order["phone"][-4:], order["customer"], order["state"], delivered, names)
    goods = Table("sku", "name", "category", "price", "stock", "promotion", title="goods")
    for item in found["products"]:
        goods.add_row(
            item["sku"], item["name"], item["category"], str(item["price"]), str(item["stock"]), item["promotion"] or ""
        )
    console.print(orders, goods)


@tickets_app.command("list")
def tickets_list(
    sender: Annotated[str | None, typer.Option(help="Only those of this sender.")] = None, as_json: AsJson = False
) -> None:
    """List the tickets, oldest first."""

    async def work(session: ReadSession) -> list[dict[str, Any]]:
        found = await tickets.listing(session, sender=sender)
        histories = await tickets.histories(session, [t.number for t in found])
        return [tickets.as_record(t, histories[t.number]) for t in found]

    records = read(work)
    if as_json:
        print_json(records)
        return
    table = Table(
        Column("number", min_width=NUMBER_WIDTH), "kind", "state", "weight", "channel", "sender", "created", "due"
    )
    for record in records:
        values = (record[key] or "" for key in ("number", "kind", "state", "weight", "channel", "sender"))
        table.add_row(*values, record["created_at"][:16], (record["due_at"] or "")[:16])
    console.print(table)


@tickets_app.command("show")
def tickets_show(number: str, as_json: AsJson = False) -> None:
    """Show one ticket with its fields and history."""
    typed = parse_number(number)
    if typed is None or not typed.valid:
        raise fail(
            f"{number!r} is no ticket number: mistyped? one looks like T261122-48301753, its last digit checks it"
        )

    async def work(session: ReadSession) -> dict[str, Any] | None:
        found = await tickets.find(session, number)
        if found is None:
            return None
        histories = await tickets.histories(session, [found.number])
        return tickets.as_record(found, histories[found.number])

    record = read(work)
    if record is None:
        raise fail(f"no ticket {number!r}: `liyan tickets list` shows all")
    if as_json:
        print_json(record)
        return
    for key, value in record.items():
        if key not in ("fields", "history"):
            console.print(f"{key:12} {value}")
    for key, value in record["fields"].items():
        console.print(f"  {key:14} {value}")
    for line in record["history"]:
        console.print(f"  {line['at'][:19]} {line['who']}: {line['from']} → {line['to']} {line['why']}")


def main() -> None:
    """Run the command line; what an operator can mend is told in one line."""
    # Told to stop in the middle of a training: tidy up as after Ctrl-C. The supervisor sets its own handler later.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except SettingsError as error:
        sys.exit(f"liyan: {error}")
    except UNREACHABLE as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        hint = "`liyan db upgrade` makes the tables, LIYAN_DATABASE_URL says where they lie"
        sys.exit(f"liyan: the records cannot be used: {cause} ({hint})")
