"""Live events: what happens reaches every open page."""
