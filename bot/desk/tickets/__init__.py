"""Tickets: opened, moved, promised, numbered."""
