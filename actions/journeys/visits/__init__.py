"""Choosing the time of an engineer's visit."""
