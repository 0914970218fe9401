"""One process kept alive: restarted when it dies or hangs, gone when we are, its log bounded."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bot.process.keeper import Keeper, Program, RestartPolicy
from bot.process.log_files import OLD_FILES, rotate
from bot.process.ports import free_ports
from bot.settings import ROOT

QUICK = RestartPolicy(ask_every=0.05, answer_within=0.3, misses=2, first_pause=0.05, longest_pause=0.1)
SERVER = """
import http.server, os, signal, sys

class Well(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2]))
        self.end_headers()

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Well).serve_forever()
"""


class Kept:
    """A small server that is kept alive."""

    def __init__(self, folder: Path, *, status: int = 200) -> None:
        port = str(free_ports(1)[0])
        command = (sys.executable, "-c", SERVER, port, str(status))
        program = Program("server", lambda: command, dict(os.environ), f"http://127.0.0.1:{port}/")
        self.told: list[str] = []
        self.log = folder / "log" / "server.log"
        self._keeper = Keeper(program, log=self.log, tell=self.told.append, policy=QUICK)
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._keeper.keep(self._stop))

    async def process(self, *, other_than: int = 0) -> psutil.Process:
        """Wait for the process, or for the one that takes its place, and for its first answer."""
        async with asyncio.timeout(10):
            while True:
                for child in psutil.Process().children():
                    with contextlib.suppress(psutil.Error):  # it ended while we looked
                        listens = SERVER in child.cmdline() and child.net_connections()
                        if child.pid != other_than and listens:
                            return child
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Stop keeping it."""
        self._stop.set()
        await self._task


async def test_what_dies_is_started_again(tmp_path: Path) -> None:
    """A process that is killed comes back, and it is told why and where its log lies."""
    kept = Kept(tmp_path)
    first = await kept.process()
    first.kill()
    second = await kept.process(other_than=first.pid)
    await kept.stop()
    assert not second.is_running()
    assert kept.told[0].startswith("server ended with -9; started again in ")
    assert str(kept.log) in kept.told[0]


async def test_what_hangs_is_started_again(tmp_path: Path) -> None:
    """A process that is frozen, so that it neither answers nor hears a signal, is replaced."""
    kept = Kept(tmp_path)
    first = await kept.process()
    await asyncio.sleep(4 * QUICK.ask_every)  # it has answered
    first.send_signal(signal.SIGSTOP)
    await kept.process(other_than=first.pid)
    await kept.stop()
    assert kept.told[0].startswith("server no longer answered; started again in ")


async def test_what_says_that_it_is_unwell_has_its_time_to_start(tmp_path: Path) -> None:
    """Until its first good answer a process is left alone: a model takes its time to load."""
    kept = Kept(tmp_path, status=503)
    await kept.process()
    await asyncio.sleep(10 * QUICK.ask_every)
    await kept.stop()
    assert kept.told == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_it_ends_with_us_however_we_die(tmp_path: Path) -> None:
    """When the process that keeps it is killed, the kept one is killed as well."""
    script = tmp_path / "keep.py"
    script.write_text(
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from bot.process.keeper import Keeper, Program\n"
        "program = Program('sleeper', lambda: ('sleep', '60'), {'PATH': '/usr/bin:/bin'}, 'http://127.0.0.1:9/')\n"
        "asyncio.run(Keeper(program, log=Path(sys.argv[1]), tell=print).keep(asyncio.Event()))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    keeping = subprocess.Popen([sys.executable, str(script), str(tmp_path / "log")], cwd=ROOT, env=env)
    us = psutil.Process(keeping.pid)
    deadline = time.monotonic() + 20
    while not (children := us.children()) or children[0].name() != "sleep":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    keeping.kill()
    keeping.wait()
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive


def test_a_log_is_bounded_and_private(tmp_path: Path) -> None:
    """A log too long is begun anew, some old ones stay beside it, and what was written is for its owner only."""
    log = tmp_path / "engine.log"
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number in range(OLD_FILES + 3):
        os.write(descriptor, f"{number}".encode() * 20)
        rotate(log, most_bytes=10)
    os.write(descriptor, b"last")
    os.close(descriptor)
    rotate(log, most_bytes=10)
    assert log.read_text() == "last"
    old = [tmp_path / f"engine.log.{number}" for number in range(1, OLD_FILES + 1)]
    assert [path.read_text()[0] for path in old] == ["6", "5", "4", "3"]
    assert sorted(tmp_path.iterdir()) == [log, *old]
    assert {path.stat().st_mode & 0o777 for path in (log, *old)} == {0o600}
