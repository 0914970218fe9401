"""The supervisor: ports, a process that dies, an outage that nobody's message is lost in."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from bot.process import supervisor
from bot.process.keeper import Program
from bot.process.ports import PortTaken, free_ports
from bot.process.supervisor import NotReady, ensure_free
from bot.settings import ROOT, Settings
from tests.stack import Stack, running

RESTART_SECONDS = 90


def test_a_taken_port_is_named_with_its_setting(tmp_path: Path) -> None:
    """Starting on a port that something listens on says which port and which setting moves it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken: int = other.getsockname()[1]
        settings = Settings(port=taken, var=tmp_path)
        with pytest.raises(PortTaken, match=r"port \d+ on 127.0.0.1 is taken .*LIYAN_PORT"):
            ensure_free(settings)


def test_a_port_for_two_is_found_at_once(tmp_path: Path) -> None:
    """The same number for two processes is told before anything is started."""
    port, twice = free_ports(2)
    settings = Settings(port=port, var=tmp_path, engine_port=twice, actions_port=twice)
    with pytest.raises(PortTaken, match=f"port {twice} on 127.0.0.1 is taken .*LIYAN_ACTIONS_PORT"):
        ensure_free(settings)


def test_an_address_that_is_not_ours_is_told(tmp_path: Path) -> None:
    """A host that is no address of this machine is not called a taken port."""
    settings = Settings(host="192.0.2.1", var=tmp_path)
    with pytest.raises(PortTaken, match=r"cannot listen on 192.0.2.1:\d+ .*LIYAN_HOST"):
        ensure_free(settings)


async def test_it_tells_what_is_waited_for_and_gives_up_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While something is missing it is named from time to time; in the end all stops and the last word names it."""
    command = (sys.executable, "-c", "import time; time.sleep(60)")
    sleeper = Program("sleeper", lambda: command, {}, "http://127.0.0.1:9/")
    monkeypatch.setattr(supervisor, "programs", lambda *_args, **_kwargs: [sleeper])
    monkeypatch.setattr(supervisor, "READY_SECONDS", 2)
    monkeypatch.setattr(supervisor, "TELL_SECONDS", 1)
    settings = Settings(port=free_ports(1)[0], var=tmp_path)
    told: list[str] = []
    with pytest.raises(NotReady, match="gave up after 2 s without gateway"):
        await supervisor.run(settings, tmp_path / "model", tell=told.append, ready=lambda: told.append("ready"))
    assert told[0].startswith("1 s: still waiting for gateway")
    assert told[-1] == "stopping …"


def test_up_says_clearly_that_a_port_is_taken(tmp_path: Path) -> None:
    """`liyan up` ends with one line and exit code 1 when its port is taken."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        env = {**os.environ, "LIYAN_PORT": str(other.getsockname()[1]), "LIYAN_VAR": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", "up"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1
    assert "is taken" in done.stderr
    assert "Traceback" not in done.stderr


class Caller:
    """One sender who asks over REST."""

    def __init__(self, stack: Stack) -> None:
        """Take a name of its own."""
        self.stack = stack
        self.sender = f"outage-{uuid.uuid4().hex[:8]}"

    def say(self, text: str) -> list[dict[str, Any]]:
        """Send a sentence and return the bubbles."""
        answer = httpx.post(
            f"{self.stack.url}/webhooks/rest/webhook",
            json={"sender": self.sender, "message": text},
            headers={"Authorization": f"Bearer {self.stack.token}"},
            timeout=40,
            trust_env=False,
        )
        answer.raise_for_status()
        bubbles: list[dict[str, Any]] = answer.json()
        return bubbles

    def phrases(self, text: str) -> list[str]:
        """Send a sentence and return the ids of the phrases that answer it."""
        return [bubble["custom"]["phrase"] for bubble in self.say(text)]


def _process(stack: Stack, *words: str) -> psutil.Process:
    children = psutil.Process(stack.process.pid).children(recursive=True)
    return next(child for child in children if all(word in " ".join(child.cmdline()) for word in words))


def _until(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + RESTART_SECONDS
    while not look():
        assert time.monotonic() < deadline, f"not after {RESTART_SECONDS} s"
        time.sleep(0.3)


def _ready(stack: Stack) -> bool:
    return httpx.get(f"{stack.url}/readyz", timeout=5, trust_env=False).status_code == 200


def _waiting(stack: Stack) -> bool:
    """Tell whether a sentence still waits for its answer."""
    with closing(sqlite3.connect(stack.settings.var / "liyan.db", timeout=10)) as rows:
        waiting: int = rows.execute("SELECT count(*) FROM messages WHERE state = 'accepted'").fetchone()[0]
    return waiting > 0


def test_an_engine_that_dies_loses_nothing(tmp_path: Path) -> None:
    """The customer gets one approved apology, the engine is started again, and what was asked meanwhile is answered."""
    with running(tmp_path) as stack:
        caller = Caller(stack)
        assert "social.greet" in caller.phrases("你好")
        _process(stack, "rasa", "run").send_signal(signal.SIGKILL)
        _until(lambda: not _ready(stack))
        assert caller.phrases("我想退货") == ["system.outage"]
        _until(lambda: _ready(stack) and not _waiting(stack))
        assert caller.phrases("人呢")[0] == "returns.ask_order", "the late answer heads the list"


def test_everything_stops_together(tmp_path: Path) -> None:
    """A closed terminal, like Ctrl-C, ends all three processes and leaves the ports free."""
    with running(tmp_path) as stack:
        children = psutil.Process(stack.process.pid).children(recursive=True)
        assert len(children) >= 3
        stack.process.send_signal(signal.SIGHUP)
        stack.process.wait(timeout=30)
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive
    ensure_free(stack.settings)
