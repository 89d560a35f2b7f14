"""The fewest examples that tell a function from its mutants, as a pytest module."""
