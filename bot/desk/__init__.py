"""The records of the service desk: the only code that touches tables."""
