"""The channels by which customers reach us, one folder each."""
