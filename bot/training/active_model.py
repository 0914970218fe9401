"""Which model is in use: a small file under `LIYAN_VAR` remembers it over restarts.

The file names the model and the fingerprint of everything a model depends on but the labels of the inbox. So a model
stays in use while only labels are added: those come into use through `liyan nlu use`, which tries the new model first.
When code, configuration or authored data change, the model of the present data takes its place at the next start.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from bot.settings import Settings
from bot.training.train import fingerprint

FILE = "model.json"


class ModelFileError(RuntimeError):
    """Raised when the file that names the model in use cannot be read."""


@dataclass(frozen=True)
class ActiveModel:
    """The model that serves, or is to serve at the next start."""

    model: str
    """The archive's path."""
    base: str
    """Fingerprint of code, configuration and authored data with which it was tried or trained."""
    since: str
    by: str | None
    """Who took it into use; empty when it came with the data."""


def read_active_model(settings: Settings) -> ActiveModel | None:
    """Return the model taken into use last, if its archive is still there.

    Raises:
        DamagedError: the file is no such file any more.
    """
    path = settings.var / FILE
    try:
        found = ActiveModel(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise ModelFileError(f"{path} is damaged ({error}): remove it to begin with the present data's") from error
    return found if Path(found.model).is_file() else None


def active_model_if_current(settings: Settings) -> Path | None:
    """Return the model in use when nothing but labels has changed since, else None."""
    found = read_active_model(settings)
    return Path(found.model) if found is not None and found.base == fingerprint(labels=False) else None


def set_active_model(settings: Settings, model: Path, *, now: datetime, by: str | None = None) -> ActiveModel:
    """Take a model into use: remember it in one step."""
    made = ActiveModel(str(model.absolute()), fingerprint(labels=False), now.isoformat(timespec="seconds"), by)
    path = settings.var / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(made), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)
    return made
