"""The phrasebook: what may be said, what may never be said, and the code that tells them apart."""
