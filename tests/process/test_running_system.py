"""One system for each folder of records, any number beside each other."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr

from bot.process import running_system
from bot.process.running_system import AlreadyRunning
from bot.settings import Settings
from tests.stack import running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings of an empty folder, with neither ports nor a token."""
    return Settings(_env_file=None, var=tmp_path / "var", engine_port=None, actions_port=None, engine_token=None)


def test_ports_and_token_are_chosen_and_found(settings: Settings) -> None:
    """While a system runs its ports and token are found by others; afterwards nothing is."""
    assert running_system.find(settings) is None
    with running_system.claim(settings) as chosen:
        assert running_system.find(settings) == chosen
        assert len({chosen.engine_port, chosen.actions_port, chosen.port}) == 3
        assert chosen.engine_token is not None
        assert (settings.var / running_system.FILE).stat().st_mode & 0o777 == 0o600
    assert running_system.find(settings) is None


def test_what_is_set_is_kept(settings: Settings) -> None:
    """Ports and token of the settings are used as they are."""
    wanted = {"engine_port": 15005, "actions_port": 15055, "engine_token": SecretStr("secret")}
    with running_system.claim(settings.model_copy(update=wanted)) as chosen:
        assert {name: getattr(chosen, name) for name in wanted} == wanted


def test_a_second_system_on_the_same_records_is_refused(settings: Settings) -> None:
    """Two systems would answer from two engines: the second is told to take another folder."""
    with (
        running_system.claim(settings),
        pytest.raises(AlreadyRunning, match="stop it, or set LIYAN_VAR"),
        running_system.claim(settings),
    ):
        pass
    with running_system.claim(settings):
        pass


def test_two_copies_run_side_by_side(tmp_path: Path) -> None:
    """A second system with records and a public port of its own starts; killed, it takes only its own processes."""
    first_var, second_var = tmp_path / "first", tmp_path / "second"
    first_var.mkdir()
    second_var.mkdir()
    with running(first_var) as first, running(second_var) as second:
        ports = {first.settings.engine_port, first.settings.actions_port}
        assert ports.isdisjoint({second.settings.engine_port, second.settings.actions_port})
        children = psutil.Process(second.process.pid).children(recursive=True)
        second.process.send_signal(signal.SIGKILL)
        second.process.wait(timeout=10)
        _, alive = psutil.wait_procs(children, timeout=10)
        assert not alive
        assert running_system.find(first.settings) is not None
        assert running_system.find(second.settings.model_copy(update={"engine_token": None})) is None
