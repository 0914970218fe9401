"""The public gateway: what faces customers, and the only door out to them."""
