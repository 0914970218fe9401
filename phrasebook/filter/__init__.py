"""The forbidden lists and the filter that applies them."""
