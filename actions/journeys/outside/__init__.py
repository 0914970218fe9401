"""Messages outside any journey."""
