"""`liyan nlu try` and `liyan nlu use`: the gate, and the exchange of the model under the running engine."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import httpx
import typer

from bot.cli.terminal import console, fail, now
from bot.deployment import acceptance
from bot.deployment.deploy import PRESENT, ModelError, find_model, hand_to_engine
from bot.process.ports import PortTaken
from bot.process.sandbox import SandboxError, start_sandbox
from bot.settings import settings
from bot.training import active_model
from bot.training.active_model import ModelFileError

Name = Annotated[
    str, typer.Argument(metavar="[MODEL]", help="Path, name, `in-use`, or `present`: that of the present data.")
]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("try")(try_model)
    app.command("use")(use_model)


def try_model(model: Name = PRESENT) -> None:
    """Run the regression dialogues against a model: the demo shop, real engine and actions, throw-away records."""
    _pass_gate(_found(model, "try"), "try")


def use_model(
    model: Name = PRESENT,
    by: Annotated[str, typer.Option(help="Who takes it into use.")] = "",
) -> None:
    """Try a model and, when it passes, take it into use: the running engine goes on with it, without a pause."""
    if not by.strip():
        raise fail("liyan nlu use: --by is missing: say who takes the model into use")
    path = _found(model, "use")
    _pass_gate(path, "use")
    try:
        running = hand_to_engine(settings(), path)
    except ModelError as error:
        raise fail(f"liyan nlu use: {error}") from error
    active_model.set_active_model(settings(), path, now=now(), by=by.strip())
    typer.echo(f"{path.name} is in use" + ("" if running else "; no engine runs here, the next start takes it"))


def _found(name: str, verb: str) -> Path:
    try:
        return find_model(settings(), name)
    except (ModelError, ModelFileError) as error:
        raise fail(f"liyan nlu {verb}: {error}") from error


def _pass_gate(model: Path, verb: str) -> None:
    talks = acceptance.load_dialogues()
    console.print(f"{model.name}: starting the demo shop beside the running system …")
    try:
        with start_sandbox(settings(), model) as stage:
            played = asyncio.run(acceptance.run(stage, talks, tell=_tell))
    except (SandboxError, PortTaken, LookupError, httpx.HTTPError) as error:
        raise fail(f"liyan nlu {verb}: {model.name} was not tried: {error}") from error
    failed = [one for one in played if one.problem is not None]
    if failed:
        raise fail(f"liyan nlu {verb}: {model.name} fails {len(failed)} of {len(played)} regression dialogues")
    console.print(f"{model.name} passes {len(played)} regression dialogues")


def _tell(played: acceptance.DialogueResult) -> None:
    if played.problem is None:
        console.print(f"  passed  {played.name}")
        return
    console.print(f"  FAILED  {played.name}: {played.problem}", style="red")
    for line in played.lines:
        console.print(f"          {line}", style="dim")
