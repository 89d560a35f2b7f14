"""Report to text, JSON and other renderings; pure functions."""
