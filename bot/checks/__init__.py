"""Checks of what must agree: domain, rules, journeys and phrases."""
