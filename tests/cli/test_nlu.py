"""`liyan nlu` on the command line: from a misunderstood message to a line of training data."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.desk.database import Database
from bot.desk.models import Conversation, Customer, Message
from bot.settings import ROOT, Settings
from phrasebook.china_time import SHANGHAI

TEXTS = ("俺的快递咋还没到哩", "俺的快递咋还不到哩", "钱呢钱呢")


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """Return a folder with records in which three messages were not understood."""
    settings = Settings(var=tmp_path, database_url=None)

    async def fill() -> None:
        database = Database(settings.database)
        await database.upgrade()
        at = datetime.now(SHANGHAI) - timedelta(hours=1)
        common = {"channel": "rest", "sender": "alice", "created_at": at}
        async with database.session() as session:
            session.add(Customer(id="c1", **common))
            await session.flush()
            session.add(Conversation(id="t1", customer_id="c1", last_at=at, **common))
            await session.flush()
            session.add_all(
                Message(
                    id=f"{seq}abcdef".ljust(32, "0"), conversation_id="t1", customer_id="c1", seq=seq, at=at,
                    direction="in", author="customer", state="answered", text=text,
                    understood={"intent": "chitchat", "confidence": 0.2},
                )
                for seq, text in enumerate(TEXTS, 1)
            )  # fmt: skip
        await database.close()

    asyncio.run(fill())
    return tmp_path


def _liyan(var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", "nlu", *words],
        cwd=ROOT,
        env={**os.environ, "LIYAN_VAR": str(var), "LIYAN_DATABASE_URL": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_from_the_inbox_to_the_training_data(var: Path, tmp_path: Path) -> None:
    """The inbox lists groups, a label takes a group off it, the export writes its lines under the intent."""
    groups = json.loads(_liyan(var, "inbox", "--json").stdout)
    assert [(group["count"], group["reasons"]) for group in groups] == [
        (2, {"low_confidence": 2}),
        (1, {"low_confidence": 1}),
    ]
    assert "俺的快递咋还没到哩" in _liyan(var, "inbox").stdout
    assert _liyan(var, "label", groups[0]["group"], "logistics", "--by", "王").returncode == 0
    assert _liyan(var, "label", "3abcdef", "ignore", "--by", "王").returncode == 0
    assert json.loads(_liyan(var, "inbox", "--json").stdout) == []
    target = tmp_path / "inbox.yml"
    done = _liyan(var, "export", "--to", str(target))
    assert "2 lines added" in done.stdout, done.stderr
    written = target.read_text(encoding="utf-8")
    assert "- intent: logistics\n  examples: |\n    - 俺的快递咋还不到哩\n    - 俺的快递咋还没到哩\n" in written
    assert "钱呢" not in written


WRONG = (
    (("label", "g1234567", "logistics", "--by", "王"), "no group or message 'g1234567'"),
    (("label", "3abcdef", "nothing", "--by", "王"), "no intent 'nothing': available: "),
    (("label", "3abcdef", "greet", "--by", " "), "--by is empty"),
    (("use", "no-such-model", "--by", "王"), "no model 'no-such-model'"),
    (("use",), "--by is missing"),
    (("try", "no-such-model"), "no model 'no-such-model'"),
    (("compare", "no-such-model", "present"), "no model 'no-such-model'"),
    (("compare", "in-use", "present", "--data", "no-such-file.tsv"), "no-such-file.tsv"),
)


@pytest.mark.parametrize(
    ("words", "message"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_what_cannot_be_done_is_told_in_a_line(words: tuple[str, ...], message: str, var: Path) -> None:
    """Exit code 1 and a line on standard error, never a traceback."""
    done = _liyan(var, *words)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
