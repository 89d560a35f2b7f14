"""Self-improvement behind a gate: proposals, the checks that admit them, and the record of both."""
