"""Models: trained when none fits the data, and which one is in use."""
