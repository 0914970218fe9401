"""Turns: a customer's message, from its arrival to its answer."""
