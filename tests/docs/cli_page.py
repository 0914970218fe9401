"""Write docs/cli.md from the help texts of `liyan`: `.venv/bin/python -m tests.docs.cli_page`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from bot.cli.app import app
from bot.settings import ROOT

PAGE: Path = ROOT / "docs" / "cli.md"
HEAD = """# The command line

Written by `.venv/bin/python -m tests.docs.cli_page` from the help texts; a test compares the two.

`liyan` lies in `.venv/bin`. The verbs read the same settings as the running system (`docs/settings.md`) and the
same database: they work while it runs, and all but `liyan shell` also when it does not.
Exit codes: 0 done, 1 could not be done (a line on standard error says why), 2 wrong usage.
"""


def verbs(command: Any = None, path: tuple[str, ...] = ("liyan",)) -> Iterator[tuple[str, Any]]:
    """Yield each verb with its command, groups left out, in the order of the help."""
    command = command or typer.main.get_command(app)
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path), command
        return
    for name, sub in inner.items():
        yield from verbs(sub, (*path, name))


def help_of(command: Any) -> str:
    """Return the help text of a verb in one paragraph, empty when it has none."""
    return " ".join(inspect.cleandoc(command.help or "").split())


def options(command: Any) -> Iterator[tuple[str, str]]:
    """Yield how each argument and option is written, and its help text."""
    for parameter in command.params:
        if parameter.name == "help":
            continue
        if parameter.param_type_name == "argument":
            written = parameter.name.upper()
            yield written if parameter.required else f"[{written}]", parameter.help or ""
        else:
            written = ", ".join((*parameter.opts, *parameter.secondary_opts))
            yield written, (parameter.help or "") + (" Required." if parameter.required else "")


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for verb, command in verbs():
        arguments = [written for written, _ in options(command) if not written.startswith("-")]
        parts.append(f"## `{' '.join([verb, *arguments])}`\n\n{help_of(command)}\n")
        rows = [f"- `{written}`" + (f": {text}" if text else "") for written, text in options(command)]
        if rows:
            parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
