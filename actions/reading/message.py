"""The customer's message as the engine understood it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from rasa_sdk.interfaces import Tracker

PAYLOAD_EXTRACTOR = "RegexMessageHandler"


@dataclass(frozen=True, slots=True)
class IntentPart:
    """One of several wishes in a message, with the part of the text that holds it."""

    intent: str
    text: str
    start: int
    end: int


_OF_ITS_WISH = frozenset({"defect", "time", "amount", "model"})
"""Facts that belong to the wish in whose words they stand; all others may be told once for several wishes."""


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
    wishes: tuple[IntentPart, ...] = field(default=())
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
            wishes=tuple(IntentPart(w["intent"], w["text"], w["start"], w["end"]) for w in latest.get("wishes") or ()),
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

    def part(self, wish: IntentPart) -> Message:
        """Return the part of this message that holds one wish, with the facts that are told with it or for all."""
        return replace(self, text=wish.text, intent=wish.intent, entities=self._entities_of(wish), wishes=())

    def for_later(self) -> dict[str, Any]:
        """Return what a slot keeps of a wish until its turn comes."""
        return {"intent": self.intent, "text": self.text, "entities": list(self.entities)}

    def put_off(self, kept: dict[str, Any]) -> Message:
        """Return the wish that was kept for later, as if it were said now."""
        entities = tuple(kept["entities"])
        return replace(
            self, intent=kept["intent"], text=kept["text"], entities=entities, confidence=1.0, wishes=(), pressed=False
        )

    def _entities_of(self, wish: IntentPart) -> tuple[dict[str, Any], ...]:
        inside = [e for e in self.entities if wish.start <= e["start"] and e["end"] <= wish.end]
        told = {e["entity"] for e in inside}
        others = [w for w in self.wishes if w is not wish]
        taken = [e for e in self.entities if any(w.start <= e["start"] < w.end for w in others)]
        shared = [
            e for e in self.entities if e["entity"] not in told and not (e["entity"] in _OF_ITS_WISH and e in taken)
        ]
        # What is shared stands nowhere in the part: behind its end, where no words are.
        behind = len(wish.text)
        return (
            *({**e, "start": e["start"] - wish.start, "end": e["end"] - wish.start} for e in inside),
            *({**e, "start": behind, "end": behind} for e in shared),
        )

    def bare(self) -> str:
        """Return the words without punctuation and blanks."""
        return re.sub(r"[\W_]+", "", self.words)
