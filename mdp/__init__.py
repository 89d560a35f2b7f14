"""Finite Markov decision processes in exact rationals: model, solve, certify, check, explain."""
