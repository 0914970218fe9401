"""Answers that the shop has approved, found by the customer's words."""

from __future__ import annotations

from pathlib import Path

from pydantic import field_validator

from bot.desk.catalogue import fold
from bot.desk.pack import Data, pack_file
from bot.desk.words import score


class FaqEntry(Data):
    """One question with its answer.

    Attributes:
        id: short name, unique in the file.
        topic: invoice, payment, warranty …
        question: what is asked, for staff and for buttons.
        words: words of customers; `a+b` means both.
        answer: sentence for the customer.
        default: answers its topic when no word matches.
    """

    id: str
    topic: str
    question: str
    words: tuple[str, ...]
    answer: str
    default: bool = False


class Faq(Data):
    """The file."""

    entries: tuple[FaqEntry, ...]

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


def answer(topic: str | None, text: str, *, pack: Path | None = None) -> FaqEntry | None:
    """Return the entry of a topic that matches most of a text.

    Args:
        topic: a topic of the file; None looks through all.
        text: the customer's words.

    Returns:
        The topic's default when no word matches; None without one.
    """
    folded = fold(text)
    entries = [entry for entry in all_entries(pack=pack) if topic is None or entry.topic == topic]
    # Of two that match alike the special one says more than the topic's default.
    best = max(entries, key=lambda entry: (score(entry.words, folded), not entry.default), default=None)
    if best is not None and score(best.words, folded):
        return best
    return next((entry for entry in entries if entry.default), None) if topic else None


def all_entries(*, pack: Path | None = None) -> tuple[FaqEntry, ...]:
    """Return every entry in the order of the file."""
    return pack_file("faq.yml", Faq, pack).entries


def topics(*, pack: Path | None = None) -> list[str]:
    """Return the topics in the order of the file."""
    return list(dict.fromkeys(entry.topic for entry in all_entries(pack=pack)))
