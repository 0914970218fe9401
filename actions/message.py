"""The customer's message as the engine understood it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from rasa_sdk.interfaces import Tracker

PAYLOAD_EXTRACTOR = "RegexMessageHandler"


@dataclass(frozen=True, slots=True)
class Wish:
    """One of several wishes in a message, with the part of the text that holds it."""

    intent: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """One utterance with its understanding and the place it came from."""

    id: str
    conversation: str
    text: str
    intent: str
    confidence: float
    ranking: tuple[str, ...]
    entities: tuple[dict[str, Any], ...]
    received_at: datetime
    channel: str
    sender: str
    wishes: tuple[Wish, ...] = field(default=())
    pressed: bool = False

    @classmethod
    def of(cls, tracker: Tracker) -> Message:
        """Read the latest message of a tracker.

        Raises:
            KeyError: the gateway's metadata are missing.
        """
        latest = tracker.latest_message
        metadata = latest["metadata"]
        intent = latest.get("intent") or {}
        text = (latest.get("text") or "").strip()
        return cls(
            id=latest["message_id"],
            conversation=tracker.sender_id,
            text=text.lstrip("\u2060"),
            intent=intent.get("name") or "nlu_fallback",
            confidence=float(intent.get("confidence") or 0.0),
            ranking=tuple(entry["name"] for entry in latest.get("intent_ranking") or ()),
            entities=tuple(latest.get("entities") or ()),
            received_at=datetime.fromisoformat(metadata["received_at"]),
            channel=metadata["channel"],
            sender=metadata["sender"],
            wishes=tuple(Wish(w["intent"], w["text"]) for w in latest.get("wishes") or ()),
            # A typed slash stands behind U+2060 (docs/design.md): only what was pressed begins with it.
            pressed=text.startswith("/"),
        )

    @property
    def is_button(self) -> bool:
        """Tell whether a button was pressed: its payload is not the customer's own wording."""
        return self.pressed

    @property
    def words(self) -> str:
        """Return what the customer wrote, empty when a button was pressed."""
        return "" if self.is_button else self.text

    def pick(self, name: str) -> Any | None:
        """Return the value that a pressed button carries under a name."""
        if not self.is_button:
            return None
        return next((e["value"] for e in self.entities if e["entity"] == name), None)

    def entity(self, name: str) -> Any | None:
        """Return the value of the first entity of a name that the customer wrote."""
        return next(iter(self.values(name)), None)

    def values(self, name: str) -> list[Any]:
        """Return the values of all entities of a name that the customer wrote, in order."""
        return [
            e["value"]
            for e in self.entities
            if e["entity"] == name and e.get("extractor") != PAYLOAD_EXTRACTOR and e.get("value") not in (None, "")
        ]

    def spans(self, name: str) -> list[tuple[int, int]]:
        """Return where the entities of a name stand in the text."""
        return [(e["start"], e["end"]) for e in self.entities if e["entity"] == name]

    def part(self, wish: Wish) -> Message:
        """Return the part of this message that holds one wish, with the entities of the whole."""
        return replace(self, text=wish.text, intent=wish.intent, wishes=())

    def bare(self) -> str:
        """Return the words without punctuation and blanks."""
        return re.sub(r"[\W_]+", "", self.words)
