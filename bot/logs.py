"""Logs: one line an event, JSON or console, and nothing personal in any of them."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# A run of digits long enough to be a phone, an identity card or a bank card; ids of ours are hexadecimal and stay.
_NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?(\d{3})[\d -]{3,14}(\d{2})(?![0-9A-Za-z])")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
# SQLAlchemy and the drivers repeat the values of a failed statement.
_STATEMENT = re.compile(r"\[(?:SQL|parameters): .*?\](?=\s|$)|DETAIL: .*", re.DOTALL)
_CERTAIN = frozenset({"event", "level", "logger", "timestamp", "phrase", "path"})


def configure(level: str = "INFO", *, json: bool | None = None) -> None:
    """Send our events and those of the libraries through one masked formatter to standard error.

    Args:
        json: one JSON object a line; by default whenever standard error is no terminal.
    """
    as_json = not sys.stderr.isatty() if json is None else json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_personal_data,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # uvicorn.error tells the address of every caller at INFO; its faults are louder.
    for chatty in (
        "httpx",
        "httpcore",
        "alembic",
        "sqlalchemy.engine",
        "websockets",
        "uvicorn.access",
        "uvicorn.error",
    ):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def mask_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide numbers, mail addresses and statements' values in whatever is logged: the last line of defence."""
    for key, value in event.items():
        if key not in _CERTAIN or key == "event":
            event[key] = _masked(value)
    return event


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(inner) for inner in value]
    return value


def mask(text: str) -> str:
    """Hide what could be personal in a text that is logged."""
    text = _STATEMENT.sub("[hidden]", text)
    text = _NUMBERS.sub(r"\1****\2", text)
    return _MAIL.sub("***@***", text)


def mask_variables(variables: dict[str, Any]) -> dict[str, str]:
    """Tell of a phrase's variables only which ones there were and how long they are."""
    return {name: f"{type(value).__name__}:{len(str(value))}" for name, value in variables.items()}
