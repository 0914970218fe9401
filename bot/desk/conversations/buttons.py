"""Which buttons act: those of the bot's last turn while the bot owns the conversation, and no others."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from bot.desk.conversations.ownership import bot_answers
from bot.desk.models import Conversation, Message
from bot.desk.sessions import ReadSession

# Bubbles that are looked through for the buttons of the last turn, and for those that were offered before.
_LAST, _EARLIER = 20, 200
# Scenes of which a bubble is a notice: it does not replace the last turn, so that its buttons stay alive.
NOTICE_SCENES = ("system.", "welcome.")


@dataclass(frozen=True)
class LiveTurn:
    """The newest turn of the bot whose buttons act, with their payloads; `bubbles` in the order they were said."""

    turn: str | None
    payloads: frozenset[str]
    bubbles: tuple[Message, ...] = ()


_NONE = LiveTurn(None, frozenset())


async def live_turn(session: ReadSession, conversation: Conversation | None) -> LiveTurn:
    """Return the last turn of the bot, notices of the gateway left out, and the payloads it offers.

    None acts when there is no open conversation, while the queue or staff own it, and when the bot's last answer was
    withheld: what stands before that is older than the bot's state.
    """
    if conversation is None or not bot_answers(conversation):
        return _NONE
    offers = and_(
        Message.direction == "out",
        Message.author == "bot",
        *(~Message.phrase.startswith(scene, autoescape=True) for scene in NOTICE_SCENES),
    )
    statement = (
        select(Message)
        .where(Message.conversation_id == conversation.id, or_(offers, Message.state == "withheld"))
        .order_by(Message.seq.desc())
        .limit(_LAST)
    )
    rows = list(await session.scalars(statement))
    if not rows or rows[0].direction == "in":
        return _NONE
    turn = turn_of(rows[0])
    bubbles = tuple(row for row in reversed(rows) if turn_of(row) == turn)
    return LiveTurn(turn, frozenset().union(*map(payloads_of, bubbles)), bubbles)


class TypedPayload(enum.Enum):
    """What a text is that looks like a button's payload."""

    LIVE = "live"
    EXPIRED = "expired"
    TYPED = "typed"


async def match_typed_payload(session: ReadSession, conversation: Conversation, text: str) -> TypedPayload:
    """Tell a press of a live button from one of a button that acts no more, and both from typed text."""
    if text in (await live_turn(session, conversation)).payloads:
        return TypedPayload.LIVE
    statement = (
        select(Message)
        .where(Message.customer_id == conversation.customer_id, Message.direction == "out")
        .order_by(Message.seq.desc())
        .limit(_EARLIER)
    )
    offered = any(text in payloads_of(row) for row in await session.scalars(statement))
    return TypedPayload.EXPIRED if offered else TypedPayload.TYPED


def turn_of(message: Message) -> str:
    """Return the turn that a bubble belongs to: the sentence it answers, or itself when it answers none."""
    return message.reply_to or message.id


def payloads_of(message: Message) -> frozenset[str]:
    """Return every payload that a bubble offers: its buttons' and those of its slots, stars or orders."""
    found: set[str] = set()
    _collect([message.buttons, message.custom], found)
    return frozenset(found)


def _collect(value: object, found: set[str]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "payload" and isinstance(inner, str):
                found.add(inner)
            elif key == "payloads" and isinstance(inner, list):
                found.update(item for item in inner if isinstance(item, str))
            else:
                _collect(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, found)
