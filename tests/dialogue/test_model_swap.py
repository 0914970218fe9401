"""A model is exchanged under the running system: nothing is lost, nothing is said twice, a bad one is refused."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.deployment import acceptance
from bot.deployment.compare import compare
from bot.deployment.deploy import ModelError, hand_to_engine
from bot.process import running_system
from bot.settings import ROOT
from bot.training import active_model
from tests.stack import Stack

TALKERS = 4
TEXTS = ("你好", "你们几点下班", "多谢多谢", "给我唱个歌")


def _model(stack: Stack) -> Path:
    used = active_model.read_active_model(stack.settings)
    assert used is not None
    return Path(used.model)


def _serving(stack: Stack) -> str:
    health = httpx.get(f"{stack.settings.engine_url}/webhooks/gateway/", timeout=10, trust_env=False)
    name: str = health.json()["model"]
    return name


@pytest.fixture
def other(stack: Stack, tmp_path: Path) -> Path:
    """Return the model in use under another name."""
    return Path(shutil.copyfile(_model(stack), tmp_path / f"other-{uuid.uuid4().hex[:6]}.tar.gz"))


async def _talk(stack: Stack, client: httpx.AsyncClient, stop: asyncio.Event) -> list[tuple[str, list[dict[str, Any]]]]:
    """Say one thing after the other until told to stop; return each message's id with its answer."""
    sender, answers = f"swap-{uuid.uuid4().hex[:8]}", []
    while not stop.is_set() or len(answers) < len(TEXTS):
        key = uuid.uuid4().hex
        answer = await client.post(
            f"{stack.url}/webhooks/rest/webhook",
            json={"sender": sender, "message": TEXTS[len(answers) % len(TEXTS)], "message_id": key},
            headers={"Authorization": f"Bearer {stack.token}"},
        )
        answer.raise_for_status()
        answers.append((sender, answer.json()))
    return answers


async def test_models_change_while_people_talk(stack: Stack, other: Path) -> None:
    """While four people talk, another model takes over and the first one comes back: every message has one answer."""
    first = _model(stack)
    stop = asyncio.Event()
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        talkers = [asyncio.create_task(_talk(stack, client, stop)) for _ in range(TALKERS)]
        assert await asyncio.to_thread(hand_to_engine, stack.settings, other)
        assert _serving(stack) == other.name
        assert await asyncio.to_thread(hand_to_engine, stack.settings, first)
        assert _serving(stack) == first.name
        stop.set()
        talks = await asyncio.gather(*talkers)
    for answers in talks:
        for _, bubbles in answers:
            phrases = Counter(bubble["custom"]["phrase"] for bubble in bubbles)
            assert phrases, "a message without an answer"
            assert not {"system.outage", "system.failed", "system.late"} & phrases.keys(), phrases
        sender = answers[0][0]
        said = _transcript(stack, sender)
        replies = Counter(line["reply_to"] for line in said if line["direction"] == "out")
        heard = [line for line in said if line["direction"] == "in"]
        assert len(heard) == len(answers)
        assert {line["state"] for line in heard} == {"answered"}
        bubbles = sum(len(answer) for _, answer in answers)
        assert sum(replies.values()) == bubbles, "a bubble that nobody was handed, or one said twice"


def _transcript(stack: Stack, sender: str) -> list[dict[str, Any]]:
    shown = subprocess.run(
        [sys.executable, "-m", "bot.cli", "conversations", "show", sender, "--json"],
        cwd=ROOT,
        env={"LIYAN_VAR": str(stack.settings.var), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    lines: list[dict[str, Any]] = json.loads(shown.stdout)["messages"]
    return lines


def test_a_broken_model_is_refused_with_its_cause(stack: Stack, tmp_path: Path) -> None:
    """What is no model, or is not there, is refused in words, and the old model serves on."""
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"no archive")
    before = _serving(stack)
    for path, cause in ((broken, "broken.tar.gz cannot be loaded"), (tmp_path / "none.tar.gz", "no such file")):
        with pytest.raises(ModelError, match=f"the engine keeps its model: .*{cause}"):
            hand_to_engine(stack.settings, path)
    assert _serving(stack) == before


def test_only_who_has_the_token_changes_the_model(stack: Stack, other: Path) -> None:
    """Without the token of the running system the model stays."""
    before = _serving(stack)
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = httpx.post(
            f"{stack.settings.engine_url}/webhooks/gateway/model",
            json={"path": str(other)},
            headers=headers,
            timeout=10,
            trust_env=False,
        )
        assert answer.status_code == 401
    assert _serving(stack) == before


def test_the_token_is_for_this_user_only(stack: Stack) -> None:
    """The token of the running system lies where only its user reads it."""
    assert (stack.settings.var / running_system.FILE).stat().st_mode & 0o777 == 0o600


def test_a_model_compared_with_itself_has_not_changed(stack: Stack, other: Path) -> None:
    """Both models are really read: the same model twice changes no row, and most sentences are right."""
    rows = [*dict.fromkeys(acceptance.sentences())]
    found = compare(stack.settings, _model(stack), other, rows)
    assert found.changed() == []
    assert found.count("right") >= 0.8 * len(rows)
