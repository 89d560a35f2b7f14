"""Python's meaning in SMT, one file a type."""
