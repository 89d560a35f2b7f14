"""Measures which of two implementations is the quicker one, in the sandbox."""
