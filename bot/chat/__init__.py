"""The conversation service: turns, the engine's answers, what is said. No HTTP in it."""
