"""How a recorded sentence looks to a caller of the REST webhook."""

from __future__ import annotations

from typing import Any

from bot.desk.models import Message


def rest_message(message: Message, sender: str) -> dict[str, Any]:
    """Return a bubble in the shape of Rasa's REST channel, phrase and version inside `custom`."""
    custom = {"phrase": message.phrase, "version": message.version, **(message.custom or {})}
    if message.author != "bot":
        custom["staff"] = message.author
    bubble: dict[str, Any] = {"recipient_id": sender, "text": message.text}
    if message.buttons:
        bubble["buttons"] = [{"title": button["title"], "payload": button["payload"]} for button in message.buttons]
    return bubble | {"custom": custom}
