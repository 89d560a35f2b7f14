"""Judges real calls by a contract; runs inside the sandbox."""
