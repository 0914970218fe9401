"""Find models by name, and hand one to the running engine."""

from __future__ import annotations

from pathlib import Path

import httpx

from bot.process import running_system
from bot.settings import Settings
from bot.training import active_model
from bot.training.train import model_path

LOAD_SECONDS = 120.0
IN_USE, PRESENT = "in-use", "present"
"""Names for the model in use and for that of the present data."""


class ModelError(RuntimeError):
    """Raised when a model is not there or the engine refuses it."""


def find_model(settings: Settings, name: str) -> Path:
    """Return a model's archive by path, by name, or as `in-use` or `present`.

    Raises:
        ModelError: there is none; lists those that are there.
        DamagedError: the file that names the model in use cannot be read.
    """
    if name == IN_USE:
        used = active_model.read_active_model(settings)
        candidates = [Path(used.model)] if used else []
    elif name == PRESENT:
        candidates = [model_path(settings)]
    else:
        candidates = [Path(name), settings.models / name, settings.models / f"{name}.tar.gz"]
    for path in candidates:
        if path.is_file():
            return path.absolute()
    there = ", ".join(path.name.removesuffix(".tar.gz") for path in sorted(settings.models.glob("*.tar.gz")))
    hint = "; `liyan train` makes it" if name == PRESENT else ""
    raise ModelError(f"no model {name!r}{hint}: available: {there or 'none'}")


def hand_to_engine(settings: Settings, model: Path) -> bool:
    """Let the running engine load a model and go on with it; false when no engine runs.

    Raises:
        ModelError: the engine keeps its model; says why.
    """
    running = running_system.find(settings)
    if running is None or running.engine_token is None:
        return False
    try:
        answer = httpx.post(
            f"{running.engine_url}/webhooks/gateway/model",
            json={"path": str(model)},
            headers={"Authorization": f"Bearer {running.engine_token.get_secret_value()}"},
            timeout=httpx.Timeout(LOAD_SECONDS, connect=2.0),
            trust_env=False,
        )
    except httpx.ConnectError:
        return False
    except httpx.TransportError as error:
        raise ModelError(f"{running.engine_url} did not answer: {type(error).__name__}; see its log") from error
    if answer.status_code != httpx.codes.OK:
        raise ModelError(f"the engine keeps its model: {_cause(answer)}")
    return True


def _cause(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"it answered {answer.status_code}"
