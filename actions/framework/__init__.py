"""What all journeys share: the turn, the questions, the stack, what is said."""
