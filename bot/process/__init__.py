"""The processes of a running system: started, watched, restarted, stopped; and a second system beside the first."""
