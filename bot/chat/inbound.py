"""Decide what an accepted sentence is: a press of a live button, plain text, or nothing for the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.chat.engine_client import Bubble, Question
from bot.chat.text_cleaning import TEXT_LIMIT, is_blank
from bot.desk.conversations import buttons, messages
from bot.desk.conversations.buttons import TypedPayload
from bot.desk.conversations.ownership import bot_answers
from bot.desk.models import Conversation, Message
from bot.desk.sessions import ReadSession


@dataclass(frozen=True)
class Plan:
    """What is to be done with one message: a notice of ours, a question to the engine, or nothing by the bot."""

    conversation_id: str
    customer_id: str
    message_id: str
    text: str
    payload: str | None
    received_at: datetime
    channel: str
    sender: str
    notice: Bubble | None = None
    for_staff: bool = False
    """Queue or staff own the conversation: they answer."""

    def question(self) -> Question:
        """Return what the engine is asked: the payload of a button, or the customer's own words."""
        return Question(
            conversation_id=self.conversation_id,
            message_id=self.message_id,
            text=self.text if self.payload is None else self.payload,
            button=self.payload is not None,
            received_at=self.received_at,
            channel=self.channel,
            sender=self.sender,
        )


async def judge(session: ReadSession, conversation: Conversation, message: Message) -> Plan:
    """Return the plan for the oldest waiting sentence of a conversation.

    It is judged when its turn comes, not when it arrived: the turns before it may have changed which buttons act.
    """
    if not bot_answers(conversation):
        return _plan(conversation, message, payload=message.payload, for_staff=True)
    payload, notice = message.payload, None
    if payload is not None:
        notice = None if await _is_live(session, conversation, message) else Bubble(phrase="system.button_expired")
    elif (pressed := await _pressed_by_text(session, conversation, message)) is not TypedPayload.TYPED:
        payload, notice = message.text, None if pressed is TypedPayload.LIVE else Bubble(phrase="system.button_expired")
    elif is_blank(message.text):
        notice = Bubble(phrase="system.empty")
    elif len(message.text) > TEXT_LIMIT:
        notice = Bubble(phrase="system.too_long", variables={"limit": TEXT_LIMIT})
    return _plan(conversation, message, payload=payload, notice=notice)


def _plan(
    conversation: Conversation,
    message: Message,
    *,
    payload: str | None,
    notice: Bubble | None = None,
    for_staff: bool = False,
) -> Plan:
    return Plan(
        conversation_id=conversation.id,
        customer_id=conversation.customer_id,
        message_id=message.id,
        text=message.text,
        payload=payload,
        received_at=message.at,
        channel=conversation.channel,
        sender=conversation.sender,
        notice=notice,
        for_staff=for_staff,
    )


async def _is_live(session: ReadSession, conversation: Conversation, message: Message) -> bool:
    live = await buttons.live_turn(session, conversation)
    if message.payload not in live.payloads:
        return False
    # The bubble counts too: an old 确认 has the same payload as the new one and means something else.
    button_of = (message.custom or {}).get("button_of")
    if not isinstance(button_of, str):
        return False
    bubble = await messages.find(session, conversation.customer_id, button_of)
    return bubble is not None and buttons.turn_of(bubble) == live.turn


async def _pressed_by_text(session: ReadSession, conversation: Conversation, message: Message) -> TypedPayload:
    # A caller of the webhook has no other way to press a button; in the chat the same is typed text.
    if conversation.channel != "rest" or not message.text.startswith("/"):
        return TypedPayload.TYPED
    return await buttons.match_typed_payload(session, conversation, message.text)
