"""The phrases in force and the filter, swapped together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.desk.phrases.in_force import Revision, overlay
from phrasebook.book.book import ApprovedPhrases, Phrase
from phrasebook.book.choose import choose
from phrasebook.book.render import Guard, sample_text
from phrasebook.book.value_guard import value_guard
from phrasebook.errors import PhrasebookError
from phrasebook.filter.check import Checker, Hit
from phrasebook.filter.personal_data import PersonalData
from phrasebook.live import Contents, LivePhrasebook

OWN_PHRASES = (
    "safe.generic",
    "system.button_expired",
    "system.choices",
    "system.empty",
    "system.failed",
    "system.given_back",
    "system.handed_over",
    "system.kept",
    "system.late",
    "system.outage",
    "system.slow_down",
    "system.too_long",
    "welcome.back",
    "welcome.first",
)
"""What the gateway itself says; without these it does not start."""


class PhraseMissingError(Exception):
    """A phrase that the gateway itself says cannot be sent."""


@dataclass(frozen=True)
class ReloadResult:
    """What a look for new words brought; `problems` name file, line and cause."""

    changed: bool
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedText:
    """The result of the check of one text: `text` is what may leave, masked where the lists say so."""

    text: str
    verdict: str
    hits: list[dict[str, Any]]

    @property
    def blocked(self) -> bool:
        """Tell whether the text may not leave."""
        return self.verdict == "block"


class PhrasesInForce:
    """Hold the book and the filter in force.

    Args:
        folder: holds `approved/` and `forbidden/`.
        shop: folder of the phrases that the shop brings; none for the house's alone.
        public: numbers and addresses of the shop, which may be told to everybody.

    Raises:
        InvalidFilesError: a file is wrong.
        PhraseMissingError: a phrase of the gateway itself is missing, not approved or forbidden.
    """

    def __init__(self, folder: Path, public: PersonalData | None = None, *, shop: Path | None = None) -> None:
        """Load and test everything before anything is taken into use."""
        approved = (folder / "approved", *((shop,) if shop else ()))
        self._library = LivePhrasebook(approved, folder / "forbidden", public=public or PersonalData())
        self._contents = self._files = self._library.contents
        self._over: tuple[Phrase, ...] = ()
        _test(self._contents)

    @property
    def book(self) -> ApprovedPhrases:
        """Return the phrases in force."""
        return self._contents.book

    @property
    def checker(self) -> Checker:
        """Return the filter in force."""
        return self._contents.checker

    def refresh(self, revisions: Iterable[Revision], now: datetime) -> ReloadResult:
        """Take changed files and revisions into use, all at once and tested first, or keep what is in force.

        Call it from one place only. A fault is told once, until files or revisions change again.
        """
        result = self._library.refresh()
        problems = [str(problem) for problem in result.problems]
        files, over = self._library.contents, overlay(self._library.book, revisions, now)
        if files is self._files and over == self._over:
            return ReloadResult(False, tuple(problems))
        self._files, self._over = files, over
        book = files.book.with_revisions(over) if over else files.book
        contents = Contents(book, files.checker, self._contents.version + 1)
        try:
            _test(contents)
        except PhraseMissingError as error:
            return ReloadResult(False, (*problems, str(error)))
        changed = contents.book.digest != self.book.digest or contents.checker is not self.checker
        # One reference: a sentence in the making sees the words of before or those of after, never half of each.
        self._contents = contents
        return ReloadResult(changed, tuple(problems))

    def check(self, text: str, *, own: PersonalData, previous: str = "", buttons: Sequence[str] = ()) -> CheckedText:
        """Check what the bot is about to say, alone and joined with what stands before and below it."""
        verdict = self.checker.check(text, direction="bot", own=own, previous=previous, buttons=tuple(buttons))
        return CheckedText(_masked(text, verdict.hits), verdict.verdict, [_record(hit) for hit in verdict.hits])

    def guard(self, own: PersonalData) -> Guard:
        """Return the look at values that a person typed."""
        return value_guard(self.checker, own)


def _test(contents: Contents) -> None:
    """Prove that the gateway can say what it must say."""
    now = datetime.now(UTC)
    for phrase_id in OWN_PHRASES:
        try:
            phrase = contents.book.get(phrase_id)
            choose(phrase, (), now=now)
            texts = [sample_text(phrase, index) for index in range(len(phrase.variants))]
        except PhrasebookError as error:
            raise PhraseMissingError(f"the gateway needs {phrase_id}: {error}") from error
        for text in texts:
            verdict = contents.checker.check(text, direction="bot", own=PersonalData())
            if verdict.verdict == "block":
                kinds = ", ".join(sorted({hit.kind for hit in verdict.hits}))
                where = f"{phrase.file}:{phrase.line}"
                raise PhraseMissingError(f"{where}: {phrase_id} hits the forbidden lists: {kinds}")


def _masked(text: str, hits: Sequence[Hit]) -> str:
    for hit in hits:
        # Hits in the previous bubble or in a button lie outside this text.
        if hit.level == "mask" and 0 <= hit.start < hit.end <= len(text):
            text = text[: hit.start] + "＊" * (hit.end - hit.start) + text[hit.end :]
    return text


def _record(hit: Hit) -> dict[str, Any]:
    """Return what is kept of a hit: which rule, where; never the words, they may be personal."""
    return {
        "kind": hit.kind,
        "family": hit.family,
        "entry": hit.entry,
        "level": hit.level,
        "start": hit.start,
        "end": hit.end,
        "how": hit.how,
    }
