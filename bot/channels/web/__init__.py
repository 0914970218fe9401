"""The web chat: sessions, socket, history."""
