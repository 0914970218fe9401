"""The REST webhook."""
