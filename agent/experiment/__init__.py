"""Experiments: a question, run interleaved by a sequential rule, and a report that is generated."""
