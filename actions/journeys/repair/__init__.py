"""Repair and installation 报修."""
