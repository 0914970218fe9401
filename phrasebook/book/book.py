"""The book of approved phrases: what a phrase is and how it is found."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from phrasebook.errors import UnknownPhrase

STATES = ("draft", "reviewed", "approved", "scheduled", "retired")
TONES = ("neutral", "warm", "apology1", "apology2", "apology3")
TYPES = (
    "text",
    "list",
    "numbered",
    "date_time",
    "date",
    "time",
    "money",
    "phone",
    "ticket",
    "order",
    "person",
    "address",
    "url",
    "integer",
    "percent",
)
# What a customer or a clerk may have typed; the other types have a shape of their own.
FREE_TYPES = frozenset({"text", "list", "numbered", "person", "address"})
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True)
class Variable:
    """Describe one blank of a phrase.

    `max_length` counts characters of the value as said; `masked` hides the middle of a phone.
    """

    name: str
    type: str
    sample: str
    masked: bool = False
    max_length: int = 60


@dataclass(frozen=True)
class ChannelLimit:
    """Bound what one channel can carry; `allowed` False keeps the phrase away from it."""

    max_bytes: int | None = None
    max_chars: int | None = None
    allowed: bool = True


@dataclass(frozen=True)
class Phrase:
    """Hold one approved thing to say with all its variants, as its file has it."""

    id: str
    scene: str
    version: int
    state: str
    purpose: str
    tone: str
    variants: tuple[str, ...]
    variables: Mapping[str, Variable] = field(default_factory=dict)
    channels: Mapping[str, ChannelLimit] = field(default_factory=dict)
    owner: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    care: str | None = None
    instead_of: str | None = None
    file: str = ""
    line: int = 0
    variant_lines: tuple[int, ...] = ()

    def names(self, variant: int) -> tuple[str, ...]:
        """Name the variables of one variant in the order they stand."""
        return tuple(dict.fromkeys(PLACEHOLDER.findall(self.variants[variant])))

    def limit(self, channel: str) -> ChannelLimit:
        """Tell what the channel can carry, the channel's own limit where the phrase has none."""
        return self.channels.get(channel) or CHANNEL_LIMITS.get(channel, ChannelLimit())


# Every channel that phrases are written for. WeChat and WeCom refuse longer texts (2,048 bytes of UTF-8).
CHANNEL_LIMITS: Mapping[str, ChannelLimit] = {
    "web": ChannelLimit(),
    "rest": ChannelLimit(),
    "wechat": ChannelLimit(max_bytes=2048),
    "wecom": ChannelLimit(max_bytes=2048),
}


class Book:
    """Hold the phrases in force; never changed once made, so that a reload swaps one reference."""

    def __init__(self, phrases: Iterable[Phrase], safe: Mapping[str, str] | None = None) -> None:
        self._phrases = {phrase.id: phrase for phrase in phrases}
        self._safe = dict(safe or {})
        self._alternatives: dict[str, list[Phrase]] = {}
        for phrase in self._phrases.values():
            if phrase.instead_of:
                self._alternatives.setdefault(phrase.instead_of, []).append(phrase)
        self.digest = _digest(self._phrases.values())

    def __len__(self) -> int:
        return len(self._phrases)

    def __iter__(self) -> Iterator[Phrase]:
        return iter(self._phrases.values())

    def __contains__(self, phrase_id: object) -> bool:
        return phrase_id in self._phrases

    def get(self, phrase_id: str) -> Phrase:
        """Find a phrase by its id.

        Raises:
            UnknownPhrase: no such id; the error lists near names.
        """
        try:
            return self._phrases[phrase_id]
        except KeyError:
            near = difflib.get_close_matches(phrase_id, self._phrases, n=5, cutoff=0.6)
            raise UnknownPhrase(phrase_id, near, len(self._phrases)) from None

    def scene(self, scene: str) -> tuple[Phrase, ...]:
        """List the phrases of one scene in the order of the file."""
        return tuple(p for p in self._phrases.values() if p.scene == scene)

    def scenes(self) -> tuple[str, ...]:
        """List the scenes in the order of the files."""
        return tuple(dict.fromkeys(p.scene for p in self._phrases.values()))

    def alternatives(self, phrase_id: str) -> tuple[Phrase, ...]:
        """List the phrases that stand in for this one for a care group or a tone."""
        return tuple(self._alternatives.get(phrase_id, ()))

    def safe_for(self, scene: str) -> str:
        """Name the phrase that is sent when one of this scene was blocked."""
        return self._safe.get(scene, "safe.generic")

    def over(self, revisions: Iterable[Phrase]) -> Book:
        """Make a new book in which revisions from the running system lie over the baseline."""
        merged = dict(self._phrases)
        merged.update((phrase.id, phrase) for phrase in revisions)
        return Book(merged.values(), self._safe)


def _digest(phrases: Iterable[Phrase]) -> str:
    # Where a phrase stands in its file is no part of what it says.
    rows = sorted(repr(replace(phrase, file="", line=0, variant_lines=())) for phrase in phrases)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]
