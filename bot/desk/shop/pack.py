"""Read the YAML files of a shop's pack into checked models."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import cast

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.settings import settings


class PackError(ValueError):
    """Raised when a file of shop data is missing or wrong: names the file, the key and the cause."""


class Data(BaseModel):
    """Base of everything read from shop data: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def load[Model: BaseModel](path: Path, model: type[Model]) -> Model:
    """Read one YAML file into a model.

    Raises:
        PackError: the file cannot be read, is not YAML, or does not fit the model.
    """
    try:
        raw = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PackError(f"{path}: cannot be read ({error.strerror}); is LIYAN_PACK right?") from error
    except YAMLError as error:
        raise PackError(f"{path}: not YAML: {error}") from error
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PackError(
            f"{path}: {where}: {first['msg']} (found {first['input']!r:.80}); {error.error_count()} errors in all"
        ) from error


@lru_cache(maxsize=64)
def load_once[Model: BaseModel](path: Path, model: type[Model]) -> Model:
    """Read a file once in a process; see `load`."""
    return load(path, model)


def pack_file[Model: BaseModel](name: str, model: type[Model], folder: Path | None = None) -> Model:
    """Return the content of a file of the pack in use, or of the pack in `folder`."""
    # The cache forgets the type parameter.
    return cast("Model", load_once((folder or settings().pack_folder) / name, model))
