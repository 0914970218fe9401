"""Twenty thousand messages said by the real `Outbound`; `python -m bench.rendered` says a million."""

from __future__ import annotations

import pytest

from bench.rendered import CHANNELS, report, run


@pytest.mark.asyncio
@pytest.mark.timeout(600)
async def test_nothing_leaves_that_should_not() -> None:
    """Whatever customers type: nothing unapproved, forbidden or marked up leaves, no variant comes before its turn."""
    tally = await run(20_000, seed=7)
    assert tally.faults == [], report(tally)
    assert tally.said >= 20_000
    assert set(tally.channels) == set(CHANNELS)
    assert tally.held_back > 100
