"""Train a model when none fits the data: a fingerprint in its name decides."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.settings import ROOT, Settings

EXPECTED_SECONDS = 60
"""What a full training takes on two cores; shown to whoever waits."""
LABELS = ROOT / "data" / "nlu" / "inbox.yml"
"""Where the labelled messages of the inbox are exported to."""
_STEP = re.compile(r"(Starting to train|Finished training|Restored) component '(\w+)'")
_SUFFIXES = {".py", ".yml", ".yaml", ".txt", ".tsv", ".json"}


class TrainingError(RuntimeError):
    """Raised when Rasa could not train; says where its log lies."""


def engine_python() -> Path:
    """Return the engine's interpreter.

    Raises:
        FileNotFoundError: the engine's environment is not installed.
    """
    python = ROOT / "bot" / "engine" / ".venv" / "bin" / "python"
    if not python.exists():
        raise FileNotFoundError(f"{python} is missing: run `make install`")
    return python


def engine_env(settings: Settings) -> dict[str, str]:
    """Return the environment in which Rasa runs.

    Without a port of the action server and a token it can train and read messages, not serve.
    """
    tracker = settings.tracker_url or f"sqlite:///{(settings.var / 'trackers.db').absolute()}"
    return {
        **os.environ,
        "LIYAN_ACTIONS_URL": f"{settings.actions_url}/webhook" if settings.actions_port else "",
        "LIYAN_ENGINE_TOKEN": settings.engine_token.get_secret_value() if settings.engine_token else "",
        "LIYAN_LEXICON": str((settings.var / "lexicon.json").absolute()),
        "LIYAN_PHRASES": os.pathsep.join(str(folder) for folder in settings.phrase_folders),
        "LIYAN_TRACKER_URL": tracker,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        # Rasa's frozen dependencies warn about each other at every import; nothing in it is ours to mend.
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


def fingerprint(*, labels: bool = True) -> str:
    """Return a digest of all that a model depends on, the labels of the inbox left out if wished."""
    digest = hashlib.sha256()
    for path in _sources():
        if path == LABELS and not labels:
            continue
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def model_path(settings: Settings) -> Path:
    """Return where the model of the present data lies, whether or not it is there."""
    return settings.models / f"liyan-{fingerprint()}.tar.gz"


def train(settings: Settings, *, tell: Callable[[str], None]) -> Path:
    """Train the model of the present data and put it in its place in one step.

    Args:
        settings: the service's settings.
        tell: is given the name of each component as it is trained.

    Raises:
        TrainingError: Rasa failed.
    """
    target = model_path(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    log = settings.var / "log" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        command = [str(engine_python()), "-m", "rasa", "train", "--out", folder, "--fixed-model-name", "model"]
        with (
            log.open("w", encoding="utf-8") as written,
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=engine_env(settings),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            ) as process,
        ):
            try:
                for line in process.stdout or ():
                    written.write(line)
                    if step := _STEP.search(line):
                        tell(step.group(2))
            except BaseException:
                # Whoever stops us stops the training too.
                process.terminate()
                raise
        made = Path(folder) / "model.tar.gz"
        if process.returncode or not made.exists():
            raise TrainingError(f"training failed (exit {process.returncode}): see {log}")
        made.replace(target)
    return target


def _sources() -> Iterator[Path]:
    yield ROOT / "config.yml"
    yield ROOT / "domain.yml"
    yield ROOT / "bot" / "engine" / "uv.lock"
    for folder in (ROOT / "data", ROOT / "bot" / "engine", ROOT / "phrasebook"):
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            code = path.suffix in _SUFFIXES and not any(part.startswith((".", "__")) for part in parts[:-1])
            # What is said does not touch what is understood: phrases change without training.
            if code and parts[0] not in ("approved", "forbidden", "schema"):
                yield path
