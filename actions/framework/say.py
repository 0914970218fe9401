"""Say a phrase: the only way in which an action speaks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

RESPONSE_PREFIX = "utter_"


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a bubble: the phrase of its title and what pressing it says to the bot."""

    title: str
    payload: str
    variables: Mapping[str, Any] = field(default_factory=dict)


def pick(name: str, value: object) -> str:
    """Return the payload that answers the question `name` with a value."""
    return f"/inform{json.dumps({name: value}, ensure_ascii=False)}"


def embed(phrase: str, **variables: Any) -> dict[str, Any]:
    """Return the words of an approved phrase as a value: what stands inside a sentence is approved too."""
    return {"phrase": phrase, "variables": variables} if variables else {"phrase": phrase}


def say(
    dispatcher: CollectingDispatcher,
    phrase: str,
    *,
    variables: Mapping[str, Any] | None = None,
    buttons: Sequence[Button] = (),
    custom: Mapping[str, Any] | None = None,
    ticket: str | None = None,
) -> None:
    """Choose a phrase; the wire in the gateway makes the sentence.

    Args:
        phrase: id of an approved phrase.
        variables: its values; always nested, since loose ones would overwrite keys of Rasa's event.
        buttons: choices under the bubble.
        custom: what the chat element draws beside the text (slots, rating, cards).
        ticket: number of the ticket that this bubble tells.
    """
    dispatcher.utter_message(
        response=RESPONSE_PREFIX + phrase,
        variables=_plain(variables or {}),
        buttons=[{"title_phrase": b.title, "variables": _plain(b.variables), "payload": b.payload} for b in buttons],
        json_message=_plain(custom or {}),
        ticket=ticket,
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _json(value) for name, value in values.items()}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return _plain(value)
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return value
