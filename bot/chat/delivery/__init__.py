"""How what is said leaves: channels and the outbox."""
