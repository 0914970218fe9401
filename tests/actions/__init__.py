"""What the journeys read out of a message, without the running system."""
