"""The phrasebook in force: phrases and filter, renewed from their files while the process runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from phrasebook.book.book import ApprovedPhrases, Phrase
from phrasebook.book.load import load_phrases
from phrasebook.errors import InvalidFilesError, Problem
from phrasebook.filter.check import SHIPPED, Checker, load_checker
from phrasebook.filter.personal_data import PersonalData

APPROVED = Path(__file__).parent / "approved"

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Contents:
    """Phrases and filter of one moment, so that a reader takes both together."""

    book: ApprovedPhrases
    checker: Checker
    version: int


@dataclass(frozen=True)
class RefreshResult:
    """What a look at the files brought: whether anything changed, and what was wrong."""

    changed: bool
    problems: tuple[Problem, ...] = ()


class LivePhrasebook:
    """The phrases and the filter in force; `refresh` takes new ones or keeps the last good ones.

    Call `refresh` every few seconds; it reads only when a file or the revisions changed. A bad file is
    reported once, until it is changed again.
    """

    def __init__(
        self,
        approved: Sequence[Path] = (APPROVED,),
        forbidden: Path = SHIPPED,
        *,
        public: PersonalData = PersonalData(),  # noqa: B008 (frozen)
        revisions: Callable[[], Iterable[Phrase]] = tuple,
    ) -> None:
        """Load everything.

        Args:
            approved: folders of the approved phrases: the house's, and those of the shop.
            forbidden: folder of the forbidden lists.
            public: the shop's own numbers and addresses.
            revisions: gives the database's phrases that lie over the baseline.

        Raises:
            InvalidFilesError: a file is wrong at the start, when there is no last good book to keep.
        """
        self._approved, self._forbidden = approved, forbidden
        self._public, self._revisions = public, revisions
        self._lock = threading.Lock()
        self._stamps = (_stamp(*approved), _stamp(forbidden))
        self._baseline = load_phrases(*approved)
        self.contents = Contents(self._baseline.with_revisions(revisions()), load_checker(forbidden, public), 1)

    @property
    def book(self) -> ApprovedPhrases:
        """Return the phrases in force."""
        return self.contents.book

    @property
    def checker(self) -> Checker:
        """Return the filter in force."""
        return self.contents.checker

    def refresh(self) -> RefreshResult:
        """Take changed files and revisions into use after they proved themselves."""
        with self._lock:
            problems: list[Problem] = []
            book, checker = self.contents.book, self.contents.checker
            try:
                book = self._fresh_book()
            except InvalidFilesError as error:
                problems.extend(error.problems)
            try:
                checker = self._fresh_checker()
            except InvalidFilesError as error:
                problems.extend(error.problems)
            changed = book.digest != self.contents.book.digest or checker is not self.contents.checker
            if changed:
                self.contents = Contents(book, checker, self.contents.version + 1)
            return RefreshResult(changed, tuple(problems))

    def _fresh_book(self) -> ApprovedPhrases:
        stamp = _stamp(*self._approved)
        if stamp != self._stamps[0]:
            # Noted first: a bad file is reported once, not at every look.
            self._stamps = (stamp, self._stamps[1])
            self._baseline = load_phrases(*self._approved)
        return self._baseline.with_revisions(self._revisions())

    def _fresh_checker(self) -> Checker:
        stamp = _stamp(self._forbidden)
        if stamp == self._stamps[1]:
            return self.contents.checker
        self._stamps = (self._stamps[0], stamp)
        return load_checker(self._forbidden, self._public)


def _stamp(*folders: Path) -> Stamp:
    found = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.yml"))):
        try:
            state = path.stat()
        except FileNotFoundError:  # renamed between listing and looking: the next look sees it
            continue
        found.append((str(path), state.st_mtime_ns, state.st_size))
    return tuple(found)
