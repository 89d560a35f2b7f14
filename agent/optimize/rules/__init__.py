"""Sources of other implementations of a function, one a file."""
