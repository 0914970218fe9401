"""Fixtures of the running gateway."""

from tests.support.gateway import either, stage, words
from tests.support.redis import redis

__all__ = ["either", "redis", "stage", "words"]
