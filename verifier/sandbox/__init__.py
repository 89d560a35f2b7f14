"""Where code that nobody trusts yet is run."""
