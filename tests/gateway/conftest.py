"""Fixtures of the running gateway."""

from tests.support.gateway import either, stage, words

__all__ = ["either", "stage", "words"]
