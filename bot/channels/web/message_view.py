"""How a recorded sentence looks to the chat element."""

from __future__ import annotations

from typing import Any

from bot.desk.conversations.buttons import turn_of
from bot.desk.models import Message
from phrasebook.china_time import SHANGHAI

_FROM = {"customer": "customer", "bot": "bot"}


def web_message(message: Message) -> dict[str, Any]:
    """Return a sentence as docs/protocol.md has it."""
    out = message.direction == "out"
    custom = dict(message.custom or {}) if out else {}
    ticket = custom.pop("ticket", None)
    sender = _FROM.get(message.author, "staff")
    return {
        "id": message.id,
        "seq": message.seq,
        "from": sender,
        "name": message.author if sender == "staff" else None,
        "text": message.text,
        "at": message.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "client_id": message.client_id,
        "turn": turn_of(message) if out else None,
        "buttons": [{"title": button["title"], "payload": button["payload"]} for button in (message.buttons or [])]
        if out
        else [],
        "custom": custom or None,
        "ticket": ticket,
        "phrase": message.phrase,
        "version": message.version,
    }
