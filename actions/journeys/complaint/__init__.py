"""Complaint 投诉."""
