"""Extractors of entities: plain functions from folded text to ``Found``."""
