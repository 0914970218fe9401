"""Conversations: their messages, buttons, transcripts, ratings."""
