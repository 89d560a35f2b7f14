"""Contracts that a function provably satisfies, the strongest first."""
