"""The book of approved phrases: what a phrase is and how it is found."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from phrasebook.errors import UnknownPhraseError

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
    """A blank of a phrase: its name, type and sample.

    `max_length` counts characters of the value as said; `masked` hides the middle of a phone.
    """

    name: str
    type: str
    sample: str
    masked: bool = False
    max_length: int = 60


@dataclass(frozen=True)
class ChannelLimit:
    """What one channel can carry; with `allowed` False the phrase is never sent there."""

    max_bytes: int | None = None
    max_chars: int | None = None
    allowed: bool = True


@dataclass(frozen=True)
class Phrase:
    """One approved thing to say with all its variants, as its file has it."""

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

    def variable_names(self, variant: int) -> tuple[str, ...]:
        """Return the names of a variant's variables in the order they stand."""
        return tuple(dict.fromkeys(PLACEHOLDER.findall(self.variants[variant])))

    def channel_limit(self, channel: str) -> ChannelLimit:
        """Return what the channel can carry: the phrase's limit, else the channel's own."""
        return self.channels.get(channel) or CHANNEL_LIMITS.get(channel, ChannelLimit())


# Every channel that phrases are written for. WeChat and WeCom refuse longer texts (2,048 bytes of UTF-8).
CHANNEL_LIMITS: Mapping[str, ChannelLimit] = {
    "web": ChannelLimit(),
    "rest": ChannelLimit(),
    "wechat": ChannelLimit(max_bytes=2048),
    "wecom": ChannelLimit(max_bytes=2048),
}


class ApprovedPhrases:
    """The approved phrases by id; never changed once made, so that a reload swaps one reference."""

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
        """Return a phrase by its id.

        Raises:
            UnknownPhraseError: no such id; the error lists near names.
        """
        try:
            return self._phrases[phrase_id]
        except KeyError:
            near = difflib.get_close_matches(phrase_id, self._phrases, n=5, cutoff=0.6)
            raise UnknownPhraseError(phrase_id, near, len(self._phrases)) from None

    def scene(self, scene: str) -> tuple[Phrase, ...]:
        """Return the phrases of a scene in the order of the file."""
        return tuple(p for p in self._phrases.values() if p.scene == scene)

    def scenes(self) -> tuple[str, ...]:
        """Return the scenes in the order of the files."""
        return tuple(dict.fromkeys(p.scene for p in self._phrases.values()))

    def alternatives(self, phrase_id: str) -> tuple[Phrase, ...]:
        """Return the phrases that take the place of this one for a care group or a tone."""
        return tuple(self._alternatives.get(phrase_id, ()))

    def safe_phrase_for(self, scene: str) -> str:
        """Return the id of the phrase that is sent when one of this scene was blocked."""
        return self._safe.get(scene, "safe.generic")

    def with_revisions(self, revisions: Iterable[Phrase]) -> ApprovedPhrases:
        """Return a new book in which revisions take the place of phrases of the same id."""
        merged = dict(self._phrases)
        merged.update((phrase.id, phrase) for phrase in revisions)
        return ApprovedPhrases(merged.values(), self._safe)


def _digest(phrases: Iterable[Phrase]) -> str:
    # Where a phrase stands in its file is no part of what it says.
    rows = sorted(repr(replace(phrase, file="", line=0, variant_lines=())) for phrase in phrases)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]
