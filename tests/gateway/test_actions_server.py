"""The action server."""

from __future__ import annotations

from actions import server
from actions.framework import quoting


def test_what_takes_long_is_there_before_it_serves() -> None:
    """The filter for quotations is there when the server is: built in a turn, it would hold up all others' records."""
    quoting.filter_in_force.cache_clear()
    server.application()
    assert quoting.filter_in_force.cache_info().currsize == 1
