"""Decide what an accepted sentence is: a press of a live button, plain text, or nothing for the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.chat.delivery.channel import Channel
from bot.chat.speech.choices import choices_of, chosen
from bot.chat.text_cleaning import is_blank
from bot.chat.turns.engine_client import Bubble, EngineRequest
from bot.desk.conversations import buttons, messages
from bot.desk.conversations.buttons import TypedPayload
from bot.desk.conversations.messages import TEXT_LIMIT
from bot.desk.conversations.ownership import bot_answers
from bot.desk.models import Conversation, Message
from bot.desk.sessions import ReadSession


@dataclass(frozen=True)
class TurnPlan:
    """What is to be done with one message: a notice of ours, a question to the engine, or nothing by the bot."""

    conversation_id: str
    customer_id: str
    message_id: str
    text: str
    payload: str | None
    received_at: datetime
    channel: str
    sender: str
    turn_group: str
    """Who takes turns at the engine with the others: the address, or the customer where none is known."""
    notice: Bubble | None = None
    for_staff: bool = False
    """Queue or staff own the conversation: they answer."""

    def engine_request(self) -> EngineRequest:
        """Return what the engine is asked: the payload of a button, or the customer's own words."""
        return EngineRequest(
            conversation_id=self.conversation_id,
            message_id=self.message_id,
            text=self.text if self.payload is None else self.payload,
            button=self.payload is not None,
            received_at=self.received_at,
            channel=self.channel,
            sender=self.sender,
        )


async def plan_turn(session: ReadSession, channel: Channel, conversation: Conversation, message: Message) -> TurnPlan:
    """Return the plan for the oldest waiting sentence of a conversation.

    It is judged when its turn comes, not when it arrived: the turns before it may have changed which buttons act.
    """
    if not bot_answers(conversation):
        return _plan(conversation, message, payload=message.payload, for_staff=True)
    payload, notice = message.payload, None
    if payload is not None:
        notice = None if await _is_live(session, conversation, message) else Bubble(phrase="system.button_expired")
    elif (pressed := await _pressed_by_text(session, channel, conversation, message)) is not None:
        payload, notice = pressed.payload, None if pressed.live else Bubble(phrase="system.button_expired")
    elif (message.length or 0) > TEXT_LIMIT:
        notice = Bubble(phrase="system.too_long", variables={"limit": TEXT_LIMIT})
    elif is_blank(message.text):
        notice = Bubble(phrase="system.empty")
    return _plan(conversation, message, payload=payload, notice=notice)


def _plan(
    conversation: Conversation,
    message: Message,
    *,
    payload: str | None,
    notice: Bubble | None = None,
    for_staff: bool = False,
) -> TurnPlan:
    return TurnPlan(
        conversation_id=conversation.id,
        customer_id=conversation.customer_id,
        message_id=message.id,
        text=message.text,
        payload=payload,
        received_at=message.at,
        channel=conversation.channel,
        sender=conversation.sender,
        turn_group=conversation.network_key or conversation.customer_id,
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


@dataclass(frozen=True)
class _TypedPress:
    payload: str
    live: bool


async def _pressed_by_text(
    session: ReadSession, channel: Channel, conversation: Conversation, message: Message
) -> _TypedPress | None:
    """Return the button that a text presses on a channel where texts press, or None."""
    if channel.numbered_choices:
        live = await buttons.live_turn(session, conversation)
        offered = [choice for row in live.bubbles for choice in choices_of(row.buttons, row.custom)]
        choice = chosen(message.text, offered)
        return None if choice is None else _TypedPress(choice.payload, live=True)
    if channel.typed_payload_is_press and message.text.startswith("/"):
        typed = await buttons.match_typed_payload(session, conversation, message.text)
        return None if typed is TypedPayload.TYPED else _TypedPress(message.text, live=typed is TypedPayload.LIVE)
    return None
