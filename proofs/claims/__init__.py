"""One file a claim: words, formal statement, assumptions, obligations, outcome, source."""
