"""Bring the system up: records, demo shop, model, processes; and talk to it from the terminal."""

from __future__ import annotations

import os
import secrets
import time
from datetime import datetime
from pathlib import Path

import httpx
from rich.console import Console
from rich.prompt import Prompt

from bot.desk.conversations import action_results
from bot.desk.database import Database
from bot.desk.sessions import WriteSession
from bot.desk.shop import catalogue, demo
from bot.desk.visits import service_slots
from bot.process import running_system, supervisor
from bot.process.private_files import close_to_others
from bot.settings import PRIVATE_UMASK, Settings
from bot.training import active_model
from bot.training.train import EXPECTED_SECONDS, model_path, train
from phrasebook.china_time import SHANGHAI


async def up(settings: Settings, console: Console) -> None:
    """Prepare what is missing and run everything until stopped.

    Raises:
        PortTaken: something else listens on a port of ours.
        AlreadyRunning: another system runs on the same records.
        TrainingError: the model could not be trained.
        DamagedError: the file that names the model in use is damaged.
    """
    os.umask(PRIVATE_UMASK)
    supervisor.ensure_free(settings)
    with running_system.claim(settings) as chosen:
        await _run(chosen, console)


async def _run(settings: Settings, console: Console) -> None:
    await prepare(settings, datetime.now(SHANGHAI))
    model = model_to_start_with(settings, console)
    console.print("starting engine, action server and gateway …")
    started = time.monotonic()

    def ready() -> None:
        base = settings.url
        console.print(f"ready after {time.monotonic() - started:.0f} s", style="bold")
        console.print(f"  shop page with chat   {base}/")
        console.print(f"  API documentation     {base}/docs")
        console.print("  what to type          make demo")
        console.print("Ctrl-C stops everything.")

    await supervisor.run(settings, model, tell=lambda line: console.print(line), ready=ready)


def model_to_start_with(settings: Settings, console: Console) -> Path:
    """Return the model to start with: the one in use, or that of the present data when more than labels has changed.

    Raises:
        TrainingError: Rasa failed.
        DamagedError: the file that names the model in use is damaged.
    """
    model = active_model.active_model_if_current(settings)
    if model is None:
        model = ensure_model(settings, console)
        active_model.set_active_model(settings, model, now=datetime.now(SHANGHAI))
    elif model.name != model_path(settings).name:
        console.print(f"model in use: {model.name}; the labels exported since wait for `liyan nlu use`")
    return model


async def prepare(settings: Settings, now: datetime) -> None:
    """Create or migrate the records, and load the demo shop into empty ones."""
    close_to_others(settings.var)
    database = Database(settings.database)
    await database.upgrade()
    async with database.session() as session:
        if await demo.is_empty(session):
            await load_shop(session, settings, now)
        else:
            await service_slots.ensure_slots(session, now=now)
            await action_results.delete_old(session, now)
            await catalogue.write_lexicon(session, settings.var / "lexicon.json")
    await database.close()


async def load_shop(session: WriteSession, settings: Settings, now: datetime) -> None:
    """Load the pack's shop and tell the engine the words of its goods."""
    await demo.reset(session, pack_folder=settings.pack_folder, now=now)
    await catalogue.write_lexicon(session, settings.var / "lexicon.json")


def ensure_model(settings: Settings, console: Console, *, force: bool = False) -> Path:
    """Return the model of the present data, trained now if there is none.

    Raises:
        TrainingError: Rasa failed.
    """
    path = model_path(settings)
    if path.exists() and not force:
        return path
    started = time.monotonic()
    console.print(f"training a model for the present data (about {EXPECTED_SECONDS} s on two cores) …")
    with console.status("loading Rasa …") as status:

        def tell(component: str) -> None:
            status.update(f"{component} · {time.monotonic() - started:.0f} of about {EXPECTED_SECONDS} s")

        path = train(settings, tell=tell)
    console.print(f"trained in {time.monotonic() - started:.0f} s")
    return path


async def talk(settings: Settings, console: Console) -> None:
    """Talk to the running gateway by its REST webhook.

    Raises:
        ConnectionError: the gateway does not answer, or no `LIYAN_API_TOKEN` is set.
    """
    if settings.api_token is None:
        raise ConnectionError("set LIYAN_API_TOKEN for `make run` and here: the REST webhook is off without it")
    url = f"{settings.url}/webhooks/rest/webhook"
    headers = {"Authorization": f"Bearer {settings.api_token.get_secret_value()}"}
    sender = f"shell-{secrets.token_hex(4)}"
    async with httpx.AsyncClient(timeout=settings.reply_timeout + 5, headers=headers, trust_env=False) as client:
        while text := Prompt.ask("[bold]您[/bold]", console=console):
            try:
                answer = await client.post(url, json={"sender": sender, "message": text})
                answer.raise_for_status()
            except httpx.HTTPError as error:
                raise ConnectionError(f"{url}: {error}; is `make run` up?") from error
            for bubble in answer.json():
                console.print(f"礼言  {bubble['text']}")
                for button in bubble.get("buttons", []):
                    console.print(f"        · {button['title']}  {button['payload']}", style="dim")
