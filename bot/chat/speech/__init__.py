"""What is said: chosen, rendered, checked, recorded."""
