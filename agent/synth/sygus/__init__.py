"""The child process that asks cvc5 for a function, and its language."""
