"""Understanding of Chinese customers: graph components for Rasa 3.6."""
