"""Reading answers and facts out of a customer's message."""
