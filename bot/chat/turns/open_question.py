"""The question that the bot's journey waits for, to be asked again when a conversation is given back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.chat.turns.closing import UNSAID
from bot.chat.turns.engine_client import Bubble
from bot.desk.conversations import messages
from bot.desk.conversations.buttons import NOTICE_SCENES
from bot.desk.models import Message
from bot.desk.sessions import ReadSession


@dataclass(frozen=True)
class OpenQuestion:
    """A question of the bot, and the message of the customer to which it belongs.

    Asked again as an answer to the same message it belongs to the same turn: its buttons and those of the first time
    act alike.
    """

    bubble: Bubble
    reply_to: str


async def open_question(session: ReadSession, conversation_id: str) -> OpenQuestion | None:
    """Return the question that the engine waits for in a conversation, None when no journey waits."""
    message = await messages.last_understood(session, conversation_id)
    if message is None or not (message.understood or {}).get("asked"):
        return None
    unsaid = (message.understood or {}).get(UNSAID)
    if unsaid is not None:
        return OpenQuestion(Bubble.model_validate(unsaid), message.id)
    said = [row for row in await messages.answer_to(session, message) if not _is_notice(row)]
    return OpenQuestion(_bubble(said[-1]), message.id) if said else None


def _is_notice(message: Message) -> bool:
    return (message.phrase or "").startswith(NOTICE_SCENES)


def _bubble(message: Message) -> Bubble:
    return Bubble.model_validate(
        {
            "phrase": message.phrase,
            "variables": message.variables or {},
            "buttons": [_button(button) for button in message.buttons or []],
            "custom": {key: value for key, value in (message.custom or {}).items() if key != "ticket"},
        }
    )


def _button(button: dict[str, Any]) -> dict[str, Any]:
    return {
        "title_phrase": button["phrase"],
        "variables": button.get("variables") or {},
        "payload": button["payload"],
    }
