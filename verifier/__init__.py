"""Is this code right? Engines, obligations and evidence."""
