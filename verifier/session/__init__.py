"""What to check, in which order, on which executor."""
