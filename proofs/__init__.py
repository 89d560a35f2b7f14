"""The convergence claims, one file a claim."""
