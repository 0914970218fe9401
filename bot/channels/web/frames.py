"""The frames of the chat's web socket, as docs/protocol.md has them."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictStr, TypeAdapter, ValidationError

from bot.chat.text_cleaning import clean_json

FRAME_LIMIT = 128 * 1024
"""Bytes of one frame."""
_SEQ_LIMIT = 2**31 - 1

ClientId = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]
Seq = Annotated[int, Field(ge=0, le=_SEQ_LIMIT)]


class HelloFrame(BaseModel):
    """The first frame: who is there and what it holds already."""

    type: Literal["hello"]
    token: Annotated[str, Field(max_length=500)] | None = None
    after: Seq | None = None


class MessageFrame(BaseModel):
    """A sentence of the visitor."""

    type: Literal["message"]
    client_id: ClientId
    text: StrictStr


class ButtonFrame(BaseModel):
    """A press on a button, slot or star that a bubble offered."""

    type: Literal["button"]
    client_id: ClientId
    message_id: Annotated[StrictStr, Field(min_length=1, max_length=32)]
    payload: Annotated[StrictStr, Field(min_length=1, max_length=500)]


class ReadFrame(BaseModel):
    """Everything up to here has been seen by the visitor."""

    type: Literal["read"]
    seq: Seq


class PingFrame(BaseModel):
    """The page asks whether the connection lives."""

    type: Literal["ping"]


Frame = HelloFrame | MessageFrame | ButtonFrame | ReadFrame | PingFrame
_FRAME: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


class BadFrameError(Exception):
    """A frame that cannot be understood.

    Args:
        reason: which field is wrong and how, without its value.
        client_id: the sender's id of the sentence, when at least that could be read.
    """

    def __init__(self, reason: str, client_id: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.client_id = client_id


def parse_frame(raw: str) -> Frame:
    """Return the frame.

    Raises:
        BadFrameError: it is no JSON, of no known type, or a field is wrong.
    """
    try:
        value: Any = clean_json(json.loads(raw))
    except (ValueError, RecursionError):
        raise BadFrameError("is no JSON") from None
    try:
        return _FRAME.validate_python(value)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"]) or "frame"
        given = value.get("client_id") if isinstance(value, dict) else None
        client_id = given if isinstance(given, str) and len(given) <= 80 else None
        raise BadFrameError(f"{where}: {problem['msg']}", client_id) from None
