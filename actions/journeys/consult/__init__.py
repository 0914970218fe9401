"""Consultation 咨询."""
