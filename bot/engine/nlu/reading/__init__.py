"""Reading answers: what a message does in answer to the question asked, and which of its words are the value."""
