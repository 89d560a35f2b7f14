"""Markov decision processes: models, exact solutions and their certificates."""
