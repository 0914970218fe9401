"""Holidays and working time."""
