"""Visits of engineers: service slots and their bookings."""
