"""The docstring of a function, from its signature, its contract and what was proved of it."""
