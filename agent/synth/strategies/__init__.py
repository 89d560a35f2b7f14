"""The ways to look for a body, one a file."""
