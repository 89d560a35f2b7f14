"""Contracts as values: what a function promises, apart from how it keeps the promise."""
