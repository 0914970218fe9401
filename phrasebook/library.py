"""Keep book and lists in force and take new files into use while the process runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from phrasebook.book.book import Book, Phrase
from phrasebook.book.load import load_book
from phrasebook.errors import BadBook, Problem
from phrasebook.filter.check import SHIPPED, Checker, load_checker
from phrasebook.filter.personal_data import PersonalData

APPROVED = Path(__file__).parent / "approved"

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Shelf:
    """Hold what is in force together, so that a reader takes both from the same moment."""

    book: Book
    checker: Checker
    version: int


@dataclass(frozen=True)
class Reloaded:
    """Tell what a look at the files brought: whether anything changed and what was wrong."""

    changed: bool
    problems: tuple[Problem, ...] = ()


class Library:
    """Own the shelf in force; `refresh` swaps one reference or keeps the last good one.

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
            BadBook: a file is wrong at the start, when there is no last good book to keep.
        """
        self._approved, self._forbidden = approved, forbidden
        self._public, self._revisions = public, revisions
        self._lock = threading.Lock()
        self._stamps = (_stamp(*approved), _stamp(forbidden))
        self._baseline = load_book(*approved)
        self.shelf = Shelf(self._baseline.over(revisions()), load_checker(forbidden, public), 1)

    @property
    def book(self) -> Book:
        """Give the book in force."""
        return self.shelf.book

    @property
    def checker(self) -> Checker:
        """Give the checker in force."""
        return self.shelf.checker

    def refresh(self) -> Reloaded:
        """Take changed files and revisions into use after they proved themselves."""
        with self._lock:
            problems: list[Problem] = []
            book, checker = self.shelf.book, self.shelf.checker
            try:
                book = self._fresh_book()
            except BadBook as error:
                problems.extend(error.problems)
            try:
                checker = self._fresh_checker()
            except BadBook as error:
                problems.extend(error.problems)
            changed = book.digest != self.shelf.book.digest or checker is not self.shelf.checker
            if changed:
                self.shelf = Shelf(book, checker, self.shelf.version + 1)
            return Reloaded(changed, tuple(problems))

    def _fresh_book(self) -> Book:
        stamp = _stamp(*self._approved)
        if stamp != self._stamps[0]:
            # Noted first: a bad file is reported once, not at every look.
            self._stamps = (stamp, self._stamps[1])
            self._baseline = load_book(*self._approved)
        return self._baseline.over(self._revisions())

    def _fresh_checker(self) -> Checker:
        stamp = _stamp(self._forbidden)
        if stamp == self._stamps[1]:
            return self.shelf.checker
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
