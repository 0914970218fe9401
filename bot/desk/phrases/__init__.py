"""Phrases in the running system: revisions, life cycle, import and export, incidents."""
