"""The journeys: what the bot does with a wish, one module a journey, without a word of its own."""
