"""What a person asks for in words: Algorithm 1 of the paper, learned from labelled queries."""
