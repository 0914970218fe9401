"""Train Rasa's own pipeline and ours on the same share of the data, for docs/nlu.md.

Run from the root in the engine's environment:

    bot/engine/.venv/bin/python -m bench.stock_train --every 5 --out var/stock

DIET needs some 190 processor seconds an epoch for all of `data/nlu`, five hours for its hundred; so both learn every
fifth utterance of each intent, the same ones. What is measured is processor time, since other work may run beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = {"stock": ROOT / "bench/stock.yml", "ours": ROOT / "config.yml"}


def write_share(every: int, folder: Path) -> int:
    """Write every n-th utterance of each intent, and the stories, into a folder; return how many utterances."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "nlu").mkdir(parents=True)
    shutil.copytree(ROOT / "data/stories", folder / "stories")
    seen: dict[str, int] = {}
    taken = 0
    for path in sorted((ROOT / "data/nlu").glob("*.yml")):
        blocks = []
        for block in YAML(typ="safe").load(path.read_text(encoding="utf8"))["nlu"]:
            lines = [line for line in block["examples"].splitlines() if line.strip()]
            first = seen.get(block["intent"], 0)
            seen[block["intent"]] = first + len(lines)
            kept = [line for place, line in enumerate(lines, first) if place % every == 0]
            if kept:
                blocks.append({"intent": block["intent"], "examples": "\n".join(kept) + "\n"})
                taken += len(kept)
        with (folder / "nlu" / path.name).open("w", encoding="utf8") as written:
            YAML().dump({"version": "3.1", "nlu": blocks}, written)
    return taken


def train(name: str, data: Path, out: Path) -> dict[str, Any]:
    """Train one pipeline by Rasa's command; return its seconds and its largest memory in MB."""
    command = [sys.executable, "-m", "rasa", "train", "--force", "--config", str(CONFIGS[name]), "--data", str(data)]
    command += ["--out", str(out), "--fixed-model-name", name]
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with (out / f"{name}.log").open("w") as log:
        subprocess.run(command, cwd=ROOT, env=os.environ | quiet, stdout=log, stderr=log, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": time.perf_counter() - start, "processor": spent, "megabytes": after.ru_maxrss / 1024}


def main() -> None:
    """Train both and write what it took beside the models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=5, help="take every n-th utterance of each intent")
    parser.add_argument("--out", type=Path, default=ROOT / "var/stock", help="folder of models and figures")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    taken = write_share(options.every, options.out / "data")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    figures: dict[str, Any] = {"utterances": taken, "commit": commit.strip(), "date": time.strftime("%Y-%m-%d")}
    for name in ("ours", "stock"):
        print(f"training {name} on {taken} utterances …", flush=True)
        figures[name] = train(name, options.out / "data", options.out)
        (options.out / "figures.json").write_text(json.dumps(figures, indent=1), encoding="utf8")
        print(name, figures[name], flush=True)


if __name__ == "__main__":
    main()
