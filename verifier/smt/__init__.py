"""Terms and the solvers that decide them."""
