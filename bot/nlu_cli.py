"""`liyan nlu`: misunderstood messages, their labels, and models before they are taken into use."""

from __future__ import annotations

import typer

app = typer.Typer(help="Misunderstood messages, and models before they are taken into use.", no_args_is_help=True)
