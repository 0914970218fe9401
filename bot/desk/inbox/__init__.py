"""The inbox of misunderstood messages, and their labels."""
