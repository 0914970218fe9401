"""Find many phrases at once: daachorse, and an automaton in plain Python behind the same interface."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol


def _double_array() -> Any:
    try:
        from daachorse import CharwiseDoubleArrayAhoCorasick
    except ImportError:  # no wheel for musl or arm64: the plain one takes its place
        return None
    return CharwiseDoubleArrayAhoCorasick


_AUTOMATON = _double_array()

# Start, end (code points) and index of the pattern.
Occurrence = tuple[int, int, int]


class Matcher(Protocol):
    """Finds every occurrence of every pattern, overlapping ones too."""

    def find(self, text: str) -> list[Occurrence]:
        """List the occurrences in the order of their ends."""
        ...


class PlainMatcher:
    """An Aho-Corasick automaton of dictionaries: the oracle in tests and the last resort."""

    def __init__(self, patterns: Sequence[str]) -> None:
        _refuse_empty(patterns)
        self._next: list[dict[str, int]] = [{}]
        self._fail = [0]
        self._out: list[tuple[tuple[int, int], ...]] = [()]
        for index, pattern in enumerate(patterns):
            self._add(pattern, index)
        self._link()

    def _add(self, pattern: str, index: int) -> None:
        state = 0
        for char in pattern:
            if char not in self._next[state]:
                self._next[state][char] = len(self._next)
                self._next.append({})
                self._fail.append(0)
                self._out.append(())
            state = self._next[state][char]
        self._out[state] += ((len(pattern), index),)

    def _link(self) -> None:
        queue = deque(self._next[0].values())
        while queue:
            state = queue.popleft()
            for char, child in self._next[state].items():
                queue.append(child)
                fail = self._fail[state]
                while fail and char not in self._next[fail]:
                    fail = self._fail[fail]
                self._fail[child] = self._next[fail].get(char, 0)
                self._out[child] += self._out[self._fail[child]]

    def find(self, text: str) -> list[Occurrence]:
        """List the occurrences in the order of their ends."""
        found: list[Occurrence] = []
        following, fails, out = self._next, self._fail, self._out
        state = 0
        for end, char in enumerate(text, 1):
            while state and char not in following[state]:
                state = fails[state]
            state = following[state].get(char, 0)
            for length, index in out[state]:
                found.append((end - length, end, index))
        return found


class DoubleArrayMatcher:
    """daachorse's automaton; the texts must hold no half surrogate pairs (`fold` sees to it)."""

    def __init__(self, patterns: Sequence[str]) -> None:
        _refuse_empty(patterns)
        # An automaton of nothing is refused; no folded text holds a half pair's stand-in twice.
        # So many phrases begin with nearly every character: asking first whether one can begin saves nothing.
        automaton = _AUTOMATON(list(patterns) or ["\ufffd\uffff\ufffd"], use_prefilter=False)
        self.find = automaton.find_overlapping

    find: FindAll


class FindAll(Protocol):
    """The call that lists the occurrences."""

    def __call__(self, haystack: str, /) -> list[Occurrence]:
        """List the occurrences in the order of their ends."""
        ...


def build_matcher(patterns: Sequence[str]) -> Matcher:
    """Build the fastest matcher there is for these patterns.

    Raises:
        ValueError: a pattern is empty (it would be found everywhere).
    """
    if _AUTOMATON is None:
        return PlainMatcher(patterns)
    return DoubleArrayMatcher(patterns)


def _refuse_empty(patterns: Sequence[str]) -> None:
    if "" in patterns:
        raise ValueError(f"pattern {list(patterns).index('')} is empty after folding")
