"""The time in which customers speak and the shop works."""

from __future__ import annotations

from datetime import timedelta, timezone

# A fixed offset: China has had no summer time since 1991, and the engine's environment has no table of zones.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
