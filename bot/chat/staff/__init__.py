"""Members of staff in a conversation, and the check of what they write."""
