"""The convergence claims, one file each, and what runs them."""
