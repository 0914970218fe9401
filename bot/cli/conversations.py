"""`liyan conversations`: transcripts as they stand in the records, and the door for members of staff."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from bot.channels.registry import make_channels
from bot.chat.services import build_services
from bot.chat.staff.takeover import RefusedTextError, StaffChat
from bot.cli.terminal import AsJson, console, fail, print_json, read
from bot.desk.conversations import staff_actions, transcripts
from bot.desk.conversations.ownership import OwnershipError
from bot.desk.sessions import ReadSession
from bot.settings import settings

app = typer.Typer(help="Conversations: read them, take them over, give them back to the bot.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The conversation, as `liyan conversations list` shows it.")]
By = Annotated[str, typer.Option("--by", help="Your name; customers read it beside what you say.")]
_ID_WIDTH = 32
"""Columns of a conversation's id: it is copied from the list, so it is never cut."""

Note = Annotated[str, typer.Option("--note", help="Why, for colleagues; stands in the history.")]


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """List the conversations, newest first."""
    records = read(lambda session: transcripts.listing(session))
    if as_json:
        print_json(records)
        return
    table = Table(Column("id", min_width=_ID_WIDTH), "channel", "sender", "owner", "messages", "last", "ended")
    for record in records:
        texts = (record[key] for key in ("id", "channel", "sender", "owner"))
        ended = (record["ended_at"] or "")[:16]
        table.add_row(*map(escape, texts), str(record["messages"]), record["last_at"][:16], ended)
    console.print(table)


@app.command()
def show(conversation_id: Id, as_json: AsJson = False) -> None:
    """Show a transcript: what was understood of each message, which phrase each sentence was."""
    record = read(lambda session: transcripts.transcript(session, conversation_id))
    if record is None:
        raise fail(f"no conversation {conversation_id!r}: `liyan conversations list` shows all")
    if as_json:
        print_json(record)
        return
    for message in record["messages"]:
        console.print(f"{message['at'][:19]} {message['author']:>8} [{_mark(message)}]", style="dim")
        console.print(f"    {message['text']}")


def _mark(message: dict[str, Any]) -> str:
    """Return what a line of a transcript was: the customer's intent, the bot's phrase, or a sentence of staff."""
    if message["direction"] == "in":
        return str(message["intent"] or message["state"])
    return "staff" if message["phrase"] is None else f"{message['phrase']} v{message['version']}"


@app.command()
def owner(conversation_id: Id, as_json: AsJson = False) -> None:
    """Show who owns a conversation and how it changed hands."""

    async def work(session: ReadSession) -> dict[str, Any] | None:
        record = await transcripts.head(session, conversation_id)
        if record is None:
            return None
        done = await staff_actions.of_conversation(session, record["id"])
        return record | {"actions": [staff_actions.as_record(action) for action in done]}

    record = read(work)
    if record is None:
        raise fail(f"no conversation {conversation_id!r}: `liyan conversations list` shows all")
    if as_json:
        print_json(record)
        return
    ended = f", ended {record['ended_at'][:19]} by {record['ended_by']}" if record["ended_at"] else ""
    console.print(f"{record['id']}: {record['owner']}{ended}")
    for action in record["actions"]:
        line = f"{action['at'][:19]} {action['by']}: {action['kind']}, {action['from']} → {action['to']}"
        console.print(f"  {line} {action['note']}".rstrip())


@app.command()
def take(conversation_id: Id, by: By, note: Note = "") -> None:
    """Take a conversation from the bot or the queue; the customer is told once that a person answers."""
    _tell_owner(conversation_id, lambda staff: staff.take(conversation_id, by=by, note=note))


@app.command()
def queue(conversation_id: Id, by: By, note: Note = "") -> None:
    """Let a conversation wait for the next member of staff who is free; the bot says nothing in it."""
    _tell_owner(conversation_id, lambda staff: staff.put_in_queue(conversation_id, by=by, note=note))


@app.command()
def transfer(
    conversation_id: Id, to: Annotated[str, typer.Option("--to", help="The colleague's name.")], by: By, note: Note = ""
) -> None:
    """Give a conversation from one member of staff to another."""
    _tell_owner(conversation_id, lambda staff: staff.transfer(conversation_id, to=to, by=by, note=note))


@app.command("give-back")
def give_back(conversation_id: Id, by: By, note: Note = "") -> None:
    """Let the bot go on where it stood; it asks its open question again."""
    _tell_owner(conversation_id, lambda staff: staff.give_back(conversation_id, by=by, note=note))


@app.command()
def end(conversation_id: Id, by: By, note: Note = "") -> None:
    """End a conversation; the customer's next message begins another."""
    _as_staff(lambda staff: staff.end(conversation_id, by=by, note=note))
    typer.echo(f"{conversation_id}: ended")


@app.command()
def say(conversation_id: Id, text: Annotated[str, typer.Argument(help="What the customer reads.")], by: By) -> None:
    """Say something in a conversation that is yours; what may not be said is refused with words to say instead."""
    message = _as_staff(lambda staff: staff.say(conversation_id, text, by=by))
    typer.echo(f"{conversation_id}: said, number {message.seq} of what was said with this customer")


def _tell_owner(conversation_id: str, act: Callable[[StaffChat], Awaitable[object]]) -> None:
    typer.echo(f"{conversation_id}: owner {_as_staff(act)}")


def _as_staff[Result](act: Callable[[StaffChat], Awaitable[Result]]) -> Result:
    """Do something as a member of staff, in this process; a running gateway shows it within two seconds."""

    async def go() -> Result:
        parts = build_services(settings(), make_channels(settings()))
        await parts.events.start()
        try:
            await parts.phrase_reloader.reload()
            return await act(parts.staff)
        finally:
            await parts.events.stop()
            await parts.engine.close()
            await parts.database.close()

    try:
        return asyncio.run(go())
    except RefusedTextError as error:
        for objection in error.objections:
            say_instead = f"; say instead: {objection.words}" if objection.words else ""
            typer.echo(f"{objection.found}: {objection.reason}{say_instead}", err=True)
        raise fail(str(error)) from error
    except (LookupError, OwnershipError) as error:
        raise fail(str(error)) from error
