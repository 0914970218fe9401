"""The approved phrases: loaded, chosen, rendered, checked."""
