"""The two matchers find the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phrasebook.filter.matcher import PlainMatcher, build_matcher

ALPHABET = "不知道你好ab🐴\ufffd"
PATTERNS = st.lists(st.text(ALPHABET, min_size=1, max_size=4), min_size=1, max_size=12, unique=True)


@given(PATTERNS, st.text(ALPHABET, max_size=40))
def test_matchers_agree(patterns: list[str], text: str) -> None:
    """Daachorse and the plain automaton list the same occurrences, and so does a naive loop."""
    naive = sorted(
        (start, start + len(pattern), index)
        for index, pattern in enumerate(patterns)
        for start in range(len(text))
        if text.startswith(pattern, start)
    )
    assert sorted(build_matcher(patterns).find(text)) == naive
    assert sorted(PlainMatcher(patterns).find(text)) == naive


@pytest.mark.parametrize("build", [build_matcher, PlainMatcher])
def test_empty_pattern_is_refused(build: type[PlainMatcher]) -> None:
    """An empty pattern would be found everywhere, so it is an error."""
    with pytest.raises(ValueError, match="empty"):
        build(["不", ""])


def test_no_patterns_find_nothing() -> None:
    """A matcher of nothing finds nothing."""
    assert build_matcher([]).find("不知道") == []
