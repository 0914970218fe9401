"""Property tests without a clock."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says something of the machine, nothing of the code: speed is shown by benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
