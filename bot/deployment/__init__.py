"""The way of a model into use: compared, accepted by dialogues, handed to the running engine."""
