"""The pure cores of the language model part: batches, eviction, early termination."""
