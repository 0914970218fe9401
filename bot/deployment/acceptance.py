"""The gate before a model is taken into use: short talks, each turn with the phrases that must answer it.

The talks are `bot/regression/*.yml`, part of the product. They run against a whole system with the model under trial,
in the demo shop, with real engine, actions and phrases, on records that are thrown away.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML

from bot.desk.database import Database
from bot.desk.shop import demo
from bot.process import startup
from bot.process.sandbox import Sandbox
from phrasebook.china_time import SHANGHAI

FOLDER = Path(__file__).parent / "dialogues"
TIMEOUT = 40.0


class ExpectedTurn(BaseModel):
    """What the customer says, and the phrases that answer it in this order; `!id` must not come, `*` stands for any."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str
    """`{order}`, `{digits}`, `{product}` … stand for the facts of the order; `>2` presses the second button."""
    expect: str
    intent: str | None = None
    """What it is understood as, where the talk needs that: `liyan nlu compare` reads these too."""


class AcceptanceDialogue(BaseModel):
    """A regression dialogue: what the customer says, and what must answer it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    order: str | None = None
    """The demo order it is about: `shipped`, `delivered_5/手机` (state, days since delivery, kind of goods)."""
    turns: tuple[ExpectedTurn, ...]


@dataclass
class DialogueResult:
    """How a dialogue went."""

    name: str
    problem: str | None = None
    lines: list[str] = field(default_factory=list)


@cache
def load_dialogues(folder: Path = FOLDER) -> tuple[AcceptanceDialogue, ...]:
    """Read the regression dialogues.

    Raises:
        ValueError: a file has another shape; names file and place.
    """
    found = []
    for path in sorted(folder.glob("*.yml")):
        for number, entry in enumerate(YAML(typ="safe").load(path.read_text(encoding="utf-8")), 1):
            try:
                found.append(AcceptanceDialogue.model_validate(entry))
            except ValidationError as error:
                raise ValueError(
                    f"{path}: talk {number}: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}"
                ) from None
    return tuple(found)


async def run(
    trial: Sandbox, chosen: Sequence[AcceptanceDialogue], *, tell: Callable[[DialogueResult], None]
) -> list[DialogueResult]:
    """Play talks one after the other, each on a freshly loaded demo shop, and tell how each went."""
    database = Database(trial.settings.database)
    done = []
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            for number, talk in enumerate(chosen):
                orders = await _fresh_shop(database, trial)
                played = await play_dialogue(talk, trial, client, sender=f"gate-{number}", orders=orders)
                tell(played)
                done.append(played)
    finally:
        await database.close()
    return done


async def _fresh_shop(database: Database, trial: Sandbox) -> list[dict[str, Any]]:
    now = datetime.now(SHANGHAI)
    async with database.session() as session:
        await startup.load_shop(session, trial.settings, now)
        orders: list[dict[str, Any]] = (await demo.listing(session, now))["orders"]
        return orders


async def play_dialogue(
    talk: AcceptanceDialogue,
    trial: Sandbox,
    client: httpx.AsyncClient,
    *,
    sender: str,
    orders: Sequence[Mapping[str, Any]],
) -> DialogueResult:
    """Say what the talk's customer says; stop where something else comes than must come.

    Raises:
        LookupError: the demo shop has no order of the kind the talk is about.
    """
    played = DialogueResult(talk.name)
    facts = _facts(talk, orders, datetime.now(SHANGHAI))
    buttons: list[str] = []
    for turn in talk.turns:
        text = _said(turn.say, facts, buttons)
        if text is None:
            played.problem = f"{turn.say}: there are only {len(buttons)} buttons"
            return played
        bubbles = await _send(trial, client, sender, text)
        came = [str((bubble.get("custom") or {}).get("phrase")) for bubble in bubbles]
        buttons = [button["payload"] for bubble in bubbles for button in bubble.get("buttons") or ()]
        played.lines += [f"客 {text}", f"店 {' '.join(came)}"]
        played.problem = mismatch(came, turn.expect)
        if played.problem is not None:
            played.problem = f"{turn.say}: {played.problem}"
            return played
    return played


async def _send(trial: Sandbox, client: httpx.AsyncClient, sender: str, text: str) -> list[dict[str, Any]]:
    answer = await client.post(
        f"{trial.url}/webhooks/rest/webhook",
        json={"sender": sender, "message": text},
        headers={"Authorization": f"Bearer {trial.token}"},
    )
    answer.raise_for_status()
    bubbles: list[dict[str, Any]] = answer.json()
    return bubbles


def mismatch(came: Sequence[str], expected: str) -> str | None:
    """Say what is wrong with the phrases that came; None when they are as expected."""
    at = 0
    for wanted in expected.split():
        if wanted.startswith("!"):
            if fnmatch.filter(came, wanted[1:]):
                return f"{wanted[1:]} came in {' '.join(came)}"
            continue
        places = [place for place in range(at, len(came)) if fnmatch.fnmatch(came[place], wanted)]
        if not places:
            return f"{wanted} is missing in {' '.join(came) or 'nothing'}"
        at = places[0] + 1
    return None


def sentences() -> Iterator[tuple[str, str]]:
    """Yield the sentences of the regression dialogues that say what they are to be understood as."""
    for talk in load_dialogues():
        yield from ((turn.say, turn.intent) for turn in talk.turns if turn.intent)


def _said(say: str, facts: Mapping[str, str], buttons: Sequence[str]) -> str | None:
    pressed = re.fullmatch(r">(\d+)", say)
    if pressed is None:
        return re.sub(r"\{(\w+)\}", lambda match: facts[match[1]], say)
    place = int(pressed[1])
    return buttons[place - 1] if place <= len(buttons) else None


def _facts(talk: AcceptanceDialogue, orders: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, str]:
    if talk.order is None:
        return {}
    order = next((order for order in orders if _fits(order, talk.order, now)), None)
    if order is None:
        raise LookupError(f"talk {talk.name!r}: the demo shop has no order {talk.order!r} with one article")
    return {
        "order": str(order["number"]),
        "digits": str(order["phone"])[-4:],
        "phone": str(order["phone"]),
        "name": str(order["customer"]),
        "product": str(order["items"][0]["product"]),
    }


def _fits(order: Mapping[str, Any], wanted: str, now: datetime) -> bool:
    state, _, category = wanted.partition("/")
    state, _, days = state.partition("_")
    items = order["items"]
    if order["state"] != state or len(items) != 1 or (category and items[0]["category"] != category):
        return False
    if not days:
        return True
    delivered = datetime.fromisoformat(order["delivered_at"]).astimezone(now.tzinfo)
    return (now.date() - delivered.date()).days == int(days)
