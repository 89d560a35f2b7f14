"""A parameter renamed: in its function, in the function's contract, and at every call."""
