"""Where loop invariants come from, one file a source."""
