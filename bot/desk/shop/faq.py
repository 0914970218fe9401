"""Which approved phrase of the shop answers a question, found by the customer's words."""

from __future__ import annotations

from pathlib import Path

from pydantic import field_validator, model_validator

from bot.desk.shop.catalogue import fold
from bot.desk.shop.pack import Data, pack_file
from bot.desk.shop.word_match import matched_length


class FaqEntry(Data):
    """One question and the phrase that answers it.

    Attributes:
        id: short name, unique in the file.
        topic: invoice, payment, warranty …
        question: what is asked, for staff and for buttons.
        words: words of customers; `a+b` means both.
        phrase: id of the approved phrase that answers.
        default: answers its topic when no word matches.
    """

    id: str
    topic: str
    question: str
    words: tuple[str, ...]
    phrase: str
    default: bool = False


class Route(Data):
    """Where the questions of an intent are looked up.

    Attributes:
        topics: topics whose entries count.
        entries: single entries that count; for intents that are mostly about the customer's own order.
        default: id of the entry that answers when no word matches.
    """

    topics: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    default: str | None = None


class Faq(Data):
    """The file."""

    entries: tuple[FaqEntry, ...]
    intents: dict[str, Route]

    @field_validator("entries")
    @classmethod
    def _sound(cls, entries: tuple[FaqEntry, ...]) -> tuple[FaqEntry, ...]:
        ids = [entry.id for entry in entries]
        if twice := {name for name in ids if ids.count(name) > 1}:
            raise ValueError(f"ids stand twice: {', '.join(sorted(twice))}")
        defaults = [entry.topic for entry in entries if entry.default]
        if twice := {topic for topic in defaults if defaults.count(topic) > 1}:
            raise ValueError(f"topics with two defaults: {', '.join(sorted(twice))}")
        return entries

    @model_validator(mode="after")
    def _routes_lead_somewhere(self) -> Faq:
        ids = {entry.id for entry in self.entries}
        topics = {entry.topic for entry in self.entries}
        for intent, route in self.intents.items():
            named = {*route.entries, *((route.default,) if route.default else ())}
            if missing := (named - ids) | (set(route.topics) - topics):
                raise ValueError(f"intent {intent} names what is not there: {', '.join(sorted(missing))}")
        return self


def find_entry(topic: str | None, text: str, *, pack: Path | None = None) -> FaqEntry | None:
    """Return the entry of a topic that matches most of a text.

    Args:
        topic: an intent or a topic of the file; None looks through all entries.
        text: the customer's words.

    Returns:
        The default of the intent or topic when no word matches; None without one.
    """
    file = pack_file("faq.yml", Faq, pack)
    route = _route(file, topic)
    entries = [entry for entry in file.entries if topic is None or _counts(entry, route)]
    folded = fold(text)
    # Of two that match alike the special one says more than the topic's default.
    best = max(entries, key=lambda entry: (matched_length(entry.words, folded), not entry.default), default=None)
    if best is not None and matched_length(best.words, folded):
        return best
    return next((entry for entry in file.entries if entry.id == route.default), None)


def all_entries(*, pack: Path | None = None) -> tuple[FaqEntry, ...]:
    """Return every entry in the order of the file."""
    return pack_file("faq.yml", Faq, pack).entries


def topics(*, pack: Path | None = None) -> list[str]:
    """Return the topics in the order of the file."""
    return list(dict.fromkeys(entry.topic for entry in all_entries(pack=pack)))


def _route(file: Faq, topic: str | None) -> Route:
    if topic is None:
        return Route()
    if topic in file.intents:
        return file.intents[topic]
    default = next((entry.id for entry in file.entries if entry.topic == topic and entry.default), None)
    return Route(topics=(topic,), default=default)


def _counts(entry: FaqEntry, route: Route) -> bool:
    return entry.topic in route.topics or entry.id in route.entries
