"""Let models read the same messages, understanding only, and print what each made of them.

    python -m bot.engine.compare MODEL… < texts.json

The texts are a JSON list on standard input. The answer is JSON on standard output: a list with one entry a model, each
a list of `{"intent", "confidence"}`, in the order of the texts. `liyan nlu compare` draws the table.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path
from typing import Any


async def read(model: Path, texts: list[str]) -> list[dict[str, Any]]:
    """Load a model and return what it makes of each text.

    Args:
        model: the model's archive.
        texts: messages of customers.
    """
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    return [_first(await agent.parse_message(text)) for text in texts]


def _first(parsed: dict[str, Any]) -> dict[str, Any]:
    intent = parsed.get("intent") or {}
    return {"intent": intent.get("name"), "confidence": float(intent.get("confidence") or 0.0)}


def main(models: list[str]) -> int:
    """Print what the models understand; 1 when one of them cannot be used."""
    texts = [str(text) for text in json.load(sys.stdin)]
    found = []
    # Rasa writes its own lines to standard output; only the answer may stand there.
    with contextlib.redirect_stdout(sys.stderr):
        for model in models:
            try:
                found.append(asyncio.run(read(Path(model), texts)))
            except (
                Exception
            ) as error:  # the edge of the process: whatever is wrong with the archive is told in one line
                print(f"compare: {model} cannot be used: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - a program's answer
                return 1
    json.dump(found, sys.stdout, ensure_ascii=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
